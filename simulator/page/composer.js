// Writing: text, replies, edits, files, voice notes, stickers, the bot's keyboard, Start, inline results.

import { make, order, tryTo } from "./api.js";
import { summary } from "./bubble.js";

const STICKERS = ["👍", "🙏", "🔥", "😂", "😱", "🎉", "❤️", "🤝"];

// A second of a soft tone as a WAV file: enough for a voice note.
function tone(seconds) {
  const rate = 8000;
  const count = Math.floor(rate * seconds);
  const view = new DataView(new ArrayBuffer(44 + count));
  const put = (at, text) => [...text].forEach((letter, index) => view.setUint8(at + index, letter.charCodeAt(0)));
  put(0, "RIFF"); view.setUint32(4, 36 + count, true); put(8, "WAVEfmt "); view.setUint32(16, 16, true);
  view.setUint16(20, 1, true); view.setUint16(22, 1, true); view.setUint32(24, rate, true); view.setUint32(28, rate, true);
  view.setUint16(32, 1, true); view.setUint16(34, 8, true); put(36, "data"); view.setUint32(40, count, true);
  for (let at = 0; at < count; at += 1) view.setUint8(44 + at, 128 + 40 * Math.sin((at / rate) * 2 * Math.PI * 330) * (1 - at / count));
  return new Blob([view.buffer], { type: "audio/ogg" });
}

function base64(blob) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result.split(",", 2)[1]);
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(blob);
  });
}

async function fileSpec(blob, name) {
  return { name, mime: blob.type || undefined, content_base64: await base64(blob) };
}

export function setUpComposer(page, { refresh, find }) {
  const text = find("text");
  let context = null; // { kind: "reply" | "edit", message }

  const frame = () => {
    const topic = Number(find("topic").value);
    const chat = page.chat();
    return {
      person: page.me,
      chat: page.chatId,
      ...(context?.kind === "reply" ? { reply_to: context.message.message_id } : {}),
      ...(chat?.is_forum && topic ? { topic } : {}),
    };
  };

  function setContext(kind, message) {
    context = kind ? { kind, message } : null;
    find("context").hidden = !context;
    if (!context) return;
    const title = kind === "edit" ? "Изменение" : message.sender_name;
    find("context-text").replaceChildren(make("b", {}, title), make("span", {}, summary(message)));
    if (kind === "edit") text.value = message.text ?? message.caption ?? "";
    grow();
    text.focus();
  }

  function clear() {
    text.value = "";
    setContext(null);
    hideInline();
    find("stickers").hidden = true;
    grow();
  }

  function grow() {
    text.style.height = "auto";
    text.style.height = `${Math.min(text.scrollHeight, 160)}px`;
    find("composer").classList.toggle("has-text", Boolean(text.value.trim()));
  }

  const submit = tryTo(async () => {
    const words = text.value.trim();
    if (!words) return;
    if (context?.kind === "edit") {
      await order("edit", { person: page.me, chat: page.chatId, message_id: context.message.message_id, text: words });
    } else {
      await order("send", { ...frame(), text: words });
    }
    clear();
    text.focus();
  });

  const attach = tryTo(async (files) => {
    const items = await Promise.all(
      files.map(async (file) => ({ kind: file.type.startsWith("image/") ? "photo" : "document", file: await fileSpec(file, file.name) })),
    );
    const caption = text.value.trim();
    if (items.length === 1) await order("send", { ...frame(), ...items[0], caption });
    else await order("album", { ...frame(), items, caption });
    clear();
  });

  const sendVoice = tryTo(async () => {
    const button = find("voice");
    button.classList.add("recording");
    try {
      await new Promise((done) => setTimeout(done, 500));
      await order("send", { ...frame(), kind: "voice", duration: 1, file: await fileSpec(tone(1), "voice.ogg") });
    } finally {
      button.classList.remove("recording");
    }
    setContext(null);
  });

  function drawStart(chat) {
    const isOff = chat.type === "private" && (chat.isUnopened || page.person()?.has_blocked || page.payload || !chat.last);
    find("start").hidden = !isOff;
    find("start").textContent = page.person()?.has_blocked ? "Перезапустить" : "Запустить";
    find("composer").hidden = Boolean(isOff);
  }

  function drawKeyboard(chat) {
    const rows = chat.keyboard?.keyboard ?? [];
    const area = find("keyboard");
    area.hidden = !rows.length || find("composer").hidden;
    const drawn = JSON.stringify(rows);
    if (area.dataset.drawn === drawn) return;
    area.dataset.drawn = drawn;
    area.replaceChildren(
      ...rows.map((row) =>
        make("div", { class: "keyboard-row" }, ...row.map((button) => {
          const label = typeof button === "string" ? button : button.text;
          const press = tryTo(() => order("send", { ...frame(), text: label }));
          return make("button", { type: "button", class: "keyboard-button", "data-testid": "keyboard-button", onclick: press }, label);
        })),
      ),
    );
  }

  function drawTopics(chat) {
    const select = find("topic");
    find("topics").hidden = !chat.is_forum;
    const drawn = JSON.stringify(chat.topics ?? {});
    if (select.dataset.drawn === drawn) return;
    select.dataset.drawn = drawn;
    const named = Object.entries(chat.topics ?? {}).map(([id, name]) => make("option", { value: id }, name));
    select.replaceChildren(make("option", { value: "" }, "Общая"), ...named);
  }

  function draw() {
    const chat = page.chat();
    if (!chat) return;
    drawStart(chat);
    drawKeyboard(chat);
    drawTopics(chat);
  }

  let asking = 0;

  function hideInline() {
    asking += 1;
    find("inline-results").hidden = true;
  }

  const askInline = tryTo(async (query) => {
    asking += 1;
    const mine = asking;
    await new Promise((done) => setTimeout(done, 400));
    if (mine !== asking) return;
    const answer = await order("inline", { person: page.me, chat: page.chatId, query });
    if (mine !== asking) return;
    const choose = (result) => tryTo(async () => {
      await order("choose", { person: page.me, chat: page.chatId, query, result });
      clear();
    });
    const rows = answer.results.map((result) =>
      make("button", { type: "button", class: "inline-result", "data-testid": "inline-result", onclick: choose(result) },
        make("b", {}, result.title ?? result.id), make("span", {}, result.description ?? "")));
    find("inline-results").replaceChildren(...rows);
    find("inline-results").hidden = !rows.length;
  });

  text.addEventListener("input", () => {
    grow();
    const inline = text.value.match(/^@(\w+)\s([^\n]*)$/);
    if (inline && inline[1].toLowerCase() === page.world?.bot.username.toLowerCase()) askInline(inline[2]);
    else hideInline();
  });
  text.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      submit();
    } else if (event.key === "Escape") {
      if (context?.kind === "edit") clear();
      else setContext(null);
    } else if (event.key === "ArrowUp" && !text.value) {
      const own = page.messages.filter((message) => message.from.id === page.me && message.text).at(-1);
      if (own) setContext("edit", own);
    }
  });
  find("composer").addEventListener("submit", (event) => {
    event.preventDefault();
    submit();
  });
  find("context-close").addEventListener("click", () => (context?.kind === "edit" ? clear() : setContext(null)));
  find("attach").addEventListener("click", () => find("files").click());
  find("files").addEventListener("change", (event) => {
    const files = [...event.target.files];
    event.target.value = "";
    if (files.length) attach(files);
  });
  find("voice").addEventListener("click", sendVoice);
  find("start").addEventListener("click", tryTo(async () => {
    await order("start", { person: page.me, payload: page.payload });
    page.payload = "";
    refresh();
  }));
  find("sticker").addEventListener("click", () => {
    find("stickers").hidden = !find("stickers").hidden;
  });
  find("stickers").append(
    ...STICKERS.map((emoji) =>
      make("button", { type: "button", role: "menuitem", "aria-label": `Стикер ${emoji}`, onclick: tryTo(async () => {
        find("stickers").hidden = true;
        await order("send", { ...frame(), kind: "sticker", emoji });
        setContext(null);
      }) }, emoji)),
  );

  return { draw, clear, reply: (message) => setContext("reply", message), edit: (message) => setContext("edit", message) };
}
