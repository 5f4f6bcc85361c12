// The left side: who I am and the chats of that person.

import { listTime, make, paintAvatar, plural } from "./api.js";
import { summary } from "./bubble.js";

export function setUpList(page, { find, chats, open }) {
  function drawPersons() {
    const select = find("person");
    const groups = [["Клиенты", "client"], ["Сотрудники", "staff"]].map(([label, side]) => {
      const options = page.world.persons
        .filter((person) => !person.is_bot && (person.side === "staff" ? "staff" : "client") === side)
        .map((person) => {
          const unread = page.world.unread[person.id] ?? 0;
          const option = make("option", { value: person.id }, unread && person.id !== page.me ? `${person.name} (${unread})` : person.name);
          option.selected = person.id === page.me;
          return option;
        });
      return options.length ? make("optgroup", { label }, ...options) : "";
    });
    const markup = groups.map((group) => group.outerHTML ?? "").join("");
    if (select.dataset.drawn !== markup && document.activeElement !== select) {
      select.replaceChildren(...groups.filter(Boolean));
      select.dataset.drawn = markup;
    }
    select.value = String(page.me);
    const me = page.person();
    if (me) paintAvatar(find("me-avatar"), me.id, me.name);
  }

  function preview(chat) {
    if (!chat.last) return chat.isUnopened ? "Нажмите «Запустить»" : "Сообщений нет";
    const mine = chat.last.from.id === page.me;
    const who = mine ? "Вы: " : chat.type === "private" ? "" : `${chat.last.sender_name}: `;
    const text = summary(chat.last).replace(/\s+/g, " ");
    return chat.last.new_chat_members || chat.last.left_chat_member || chat.last.new_chat_title ? text : `${who}${text}`;
  }

  function chatItem(chat) {
    const avatar = make("span", { "aria-hidden": "true" });
    paintAvatar(avatar, chat.type === "private" ? page.world.bot.id : chat.id, chat.title);
    const unread = chat.unread ? make("span", { class: "unread", "aria-label": plural(chat.unread, "новое", "новых", "новых") }, String(chat.unread)) : "";
    return make(
      "button",
      { type: "button", class: "chat-item", "data-testid": "chat-item", "data-chat-id": chat.id, "aria-current": chat.id === page.chatId ? "true" : false, onclick: () => open(chat.id) },
      avatar,
      make("span", { class: "item-top" }, make("span", { class: "item-title" }, chat.title), make("span", { class: "item-time" }, chat.last ? listTime(chat.last.date) : "")),
      make("span", { class: "item-bottom" }, make("span", { class: "item-text" }, preview(chat)), unread),
    );
  }

  function drawChats() {
    const list = find("chats");
    const items = chats().map(chatItem);
    const old = new Map([...list.children].map((item) => [item.dataset.chatId, item]));
    const kept = items.map((item) => {
      const before = old.get(item.dataset.chatId);
      return before?.outerHTML === item.outerHTML ? before : item;
    });
    const focused = document.activeElement?.dataset?.chatId;
    if (kept.some((item, place) => list.children[place] !== item) || list.children.length !== kept.length) list.replaceChildren(...kept);
    if (focused) list.querySelector(`[data-chat-id="${focused}"]`)?.focus();
  }

  return {
    draw() {
      drawPersons();
      drawChats();
    },
  };
}
