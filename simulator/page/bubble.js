// One message as an element: a bubble, or a line in the middle for a service message.

import { colour, icon, make, sizeOf, timeOf } from "./api.js";
import { rich } from "./text.js";

const WORDS = {
  photo: "🖼 Фото", document: "📎 Файл", voice: "🎤 Голосовое", video: "🎬 Видео", video_note: "⏺ Видеосообщение",
  audio: "🎵 Аудио", animation: "GIF", sticker: "Стикер", location: "📍 Место", contact: "👤 Контакт", poll: "📊 Опрос", dice: "🎲",
};

const join = (users) => users.map((user) => [user.first_name, user.last_name].filter(Boolean).join(" ")).join(", ");

export function serviceText(message) {
  const who = message.sender_name;
  if (message.new_chat_members) {
    const came = join(message.new_chat_members);
    return came === who ? `${who} теперь в группе` : `${who} добавил(а): ${came}`;
  }
  if (message.left_chat_member) {
    const gone = join([message.left_chat_member]);
    return gone === who ? `${who} больше не в группе` : `${who} удалил(а): ${gone}`;
  }
  if (message.new_chat_title) return `${who} переименовал(а) группу: «${message.new_chat_title}»`;
  if (message.forum_topic_created) return `Тема «${message.forum_topic_created.name}»`;
  if (message.migrate_from_chat_id) return "Группа стала супергруппой";
  if (message.migrate_to_chat_id) return "Группа стала супергруппой, переписка идёт в новой";
  return "";
}

export function summary(message) {
  const kind = Object.keys(WORDS).find((name) => message[name]);
  const words = message.text ?? message.caption ?? "";
  if (message.sticker) return `${message.sticker.emoji} Стикер`;
  if (kind === "document" && message.document.file_name) return words || `📎 ${message.document.file_name}`;
  return words || (kind ? WORDS[kind] : serviceText(message)) || "Сообщение";
}

const fileUrl = (id) => `/sim/file/${encodeURIComponent(id)}`;

function fileRow(file, name) {
  const link = make("a", { class: "file", href: fileUrl(file.file_id), download: name });
  const extension = (name.split(".").pop() || "").slice(0, 4).toUpperCase();
  link.append(
    make("span", { class: "file-icon", "aria-hidden": "true" }, extension),
    make("span", { class: "file-about" }, make("span", { class: "file-name" }, name), make("span", {}, `${sizeOf(file.file_size ?? 0)} · скачать`)),
  );
  return link;
}

function photo(message) {
  const file = message.photo.at(-1);
  const image = make("img", { src: fileUrl(file.file_id), alt: message.caption ?? "Фото", class: "photo", loading: "lazy" });
  image.addEventListener("error", () => image.replaceWith(make("span", { class: "photo missing" }, "🖼 Фото")));
  return make("a", { href: fileUrl(file.file_id), target: "_blank", rel: "noopener" }, image);
}

function voice(message) {
  const bars = make("span", { class: "wave", "aria-hidden": "true" });
  for (let bar = 0; bar < 28; bar += 1) {
    const line = make("i");
    line.style.height = `${4 + ((message.message_id * 7 + bar * bar * 5) % 15)}px`;
    bars.append(line);
  }
  const sound = new Audio();
  const button = make("button", { type: "button", class: "play", "aria-label": "Прослушать" }, icon("M8 5l11 7-11 7z"));
  button.addEventListener("click", () => {
    sound.src ||= fileUrl(message.voice.file_id);
    sound.play().catch(() => button.classList.add("silent"));
  });
  const seconds = String(message.voice.duration ?? 0).padStart(2, "0");
  return make("div", { class: "voice" }, button, make("span", { class: "voice-about" }, bars, make("span", { class: "duration" }, `0:${seconds}`)));
}

function media(message) {
  if (message.photo) return photo(message);
  if (message.voice) return voice(message);
  if (message.sticker) return make("div", { class: "sticker", role: "img", "aria-label": "Стикер" }, message.sticker.emoji ?? "🙂");
  for (const kind of ["document", "video", "audio", "animation"]) {
    if (message[kind]) return fileRow(message[kind], message[kind].file_name ?? WORDS[kind]);
  }
  if (message.video_note) return make("div", { class: "note" }, "⏺");
  if (message.location) return make("div", { class: "plain" }, `📍 ${message.location.latitude}, ${message.location.longitude}`);
  if (message.contact) return make("div", { class: "plain" }, `👤 ${message.contact.first_name}, ${message.contact.phone_number}`);
  if (message.poll) {
    return make("div", { class: "plain" }, make("b", {}, message.poll.question), ...message.poll.options.map((option) => make("div", {}, `○ ${option.text}`)));
  }
  return message.dice ? make("div", { class: "sticker" }, message.dice.emoji) : "";
}

function quote(message, actions) {
  const replied = message.reply_to_message;
  if (!replied) return "";
  const name = [replied.from.first_name, replied.from.last_name].filter(Boolean).join(" ");
  return make(
    "button",
    { type: "button", class: `quote ${colour(replied.from.id)}`, onclick: () => actions.jump(replied.message_id) },
    make("span", { class: "quote-name" }, name),
    make("span", { class: "quote-text" }, summary(replied)),
  );
}

function forwarded(message) {
  const origin = message.forward_origin;
  if (!origin) return "";
  const user = origin.sender_user;
  const name = user ? join([user]) : origin.sender_user_name ?? origin.chat?.title ?? origin.sender_chat?.title ?? "";
  return make("div", { class: "forwarded" }, `Переслано от ${name}`);
}

function keyboard(message, actions) {
  const rows = message.reply_markup?.inline_keyboard;
  if (!rows?.length) return "";
  return make(
    "div",
    { class: "inline" },
    ...rows.map((row) =>
      make(
        "div",
        { class: "inline-row" },
        ...row.map((button) =>
          make(
            "button",
            { type: "button", class: "inline-button", "data-testid": "inline-button", onclick: (event) => actions.press(event, message, button) },
            button.text,
            button.url ? make("span", { class: "corner", "aria-hidden": "true" }, "↗") : "",
          ),
        ),
      ),
    ),
  );
}

function tools(message, isMine, actions) {
  const canEdit = isMine && (message.text || message.caption);
  const tool = (label, path, action) => make("button", { type: "button", class: "tool", "aria-label": label, title: label, onclick: action }, icon(path));
  return make(
    "span",
    { class: "tools" },
    tool("Ответить", "M10 8V4l-7 7 7 7v-4c5 0 8 1.5 10 5 0-7-4-11-10-11z", () => actions.reply(message)),
    isMine ? "" : tool("Поставить 👍", "M7 11v9H4v-9zM7 11l4-8c2 0 3 1 2.5 3.500L13 9h6l-1.5 9.500c-.2 1-.8 1.5-1.5 1.500H7", () => actions.react(message)),
    canEdit ? tool("Изменить", "M4 20l1-4L16 5l3 3L8 19z", () => actions.edit(message)) : "",
  );
}

// `isNewSender`: the first of a row of messages by the same hand.
export function bubble(message, { isMine, isNewSender, isGroup, topicName }, actions) {
  const service = serviceText(message);
  if (service) return make("div", { class: "service", "data-testid": "service", "data-message-id": message.message_id }, make("span", {}, service));
  const text = message.text ?? message.caption ?? "";
  const isBare = Boolean(message.sticker || message.dice);
  const words = text ? make("div", { class: "words" }) : "";
  if (text) words.append(rich(text, message.entities ?? message.caption_entities, actions));
  const edited = message.edit_date ? "изменено " : "";
  const stamp = make("span", { class: "stamp" }, `${edited}${timeOf(message.date)}${isMine ? " ✓" : ""}`);
  const reactions = message.reactions?.length
    ? make("span", { class: "reactions", role: "button", tabindex: "0", onclick: () => actions.react(message) }, message.reactions.join(" "))
    : "";
  const hasName = isNewSender && isGroup && !isMine;
  const via = message.via_bot ? make("span", { class: "via" }, ` через @${message.via_bot.username}`) : "";
  const name = hasName || via ? make("div", { class: `sender ${colour(message.sender_chat?.id ?? message.from.id)}` }, message.sender_name, via) : "";
  const topic = topicName ? make("div", { class: "topic" }, `# ${topicName}`) : "";
  const body = make(
    "div",
    { class: `bubble${isBare ? " bare" : ""}`, tabindex: "0", "data-testid": "bubble", "data-message-id": message.message_id },
    name, topic, forwarded(message), quote(message, actions), media(message), words,
    make("span", { class: "bottom" }, reactions, stamp),
    tools(message, isMine, actions),
  );
  const frame = make("div", { class: "frame" }, body, keyboard(message, actions));
  return make("div", { class: `message ${isMine ? "mine" : "theirs"}${isNewSender ? " first" : ""}` }, frame);
}
