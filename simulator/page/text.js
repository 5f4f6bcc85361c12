// A text and its entities as elements. Nothing is ever parsed as HTML.

import { make } from "./api.js";

const TAGS = {
  bold: "b", italic: "i", underline: "u", strikethrough: "s", code: "code", pre: "pre",
  blockquote: "blockquote", expandable_blockquote: "blockquote",
};

export function safeUrl(url) {
  const full = /^[a-z][a-z0-9+.-]*:/i.test(url) ? url : `https://${url}`;
  return /^(https?|tg):/i.test(full) ? full : null;
}

function wrapper(entity, inside, actions) {
  const { type } = entity;
  if (TAGS[type]) return make(TAGS[type]);
  if (type === "spoiler") return make("tg-spoiler", { tabindex: "0", onclick: (event) => event.currentTarget.classList.add("open") });
  if (type === "text_link" || type === "url" || type === "email") {
    const url = safeUrl(type === "email" ? "" : entity.url ?? inside);
    if (!url || type === "email") return make("span");
    return make("a", { href: url, target: "_blank", rel: "noopener noreferrer", onclick: (event) => actions.follow(event, url) });
  }
  if (type === "bot_command") {
    return make("button", { type: "button", class: "command", onclick: () => actions.command(inside) });
  }
  return make("span", { class: ["mention", "text_mention", "hashtag"].includes(type) ? "mention" : "" });
}

export function rich(text, entities, actions) {
  const sorted = [...(entities ?? [])].sort((one, other) => one.offset - other.offset || other.length - one.length);
  const root = document.createDocumentFragment();
  fill(root, text, 0, text.length, sorted, actions);
  return root;
}

function fill(parent, text, start, end, entities, actions) {
  let position = start;
  let rest = entities;
  while (rest.length) {
    const [entity] = rest;
    const begin = Math.max(entity.offset, position);
    const stop = Math.min(entity.offset + entity.length, end);
    if (begin >= stop) {
      rest = rest.slice(1);
      continue;
    }
    if (begin > position) parent.append(text.slice(position, begin));
    const element = wrapper(entity, text.slice(begin, stop), actions);
    fill(element, text, begin, stop, rest.slice(1).filter((other) => other.offset < stop), actions);
    parent.append(element);
    rest = rest.slice(1).filter((other) => other.offset >= stop);
    const isBlock = ["PRE", "BLOCKQUOTE"].includes(element.tagName);
    position = isBlock && text[stop] === "\n" ? stop + 1 : stop;
  }
  if (position < end) parent.append(text.slice(position, end));
}
