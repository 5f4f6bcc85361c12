// The page: who I am, which chat is open, and keeping both up to date.

import { dayOf, make, order, paintAvatar, plural, question, toast, tryTo } from "./api.js";
import { bubble } from "./bubble.js";
import { setUpComposer } from "./composer.js";
import { setUpList } from "./list.js";

const HISTORY = 200;
const find = (id) => document.getElementById(id);
const asked = new URLSearchParams(location.search);
const page = {
  me: Number(asked.get("as")) || 0,
  chatId: Number(asked.get("chat")) || 0,
  payload: asked.get("start") ?? "",
  world: null,
  messages: [],
};
if (page.payload && page.me) page.chatId = page.me;

page.person = () => page.world?.persons.find((person) => person.id === page.me);
page.chat = () => chats().find((chat) => chat.id === page.chatId);

// Everyone has a private chat with the bot, also before the first Start.
function chats() {
  const known = page.world?.chats ?? [];
  if (!page.me || known.some((chat) => chat.id === page.me)) return known;
  const unopened = { id: page.me, type: "private", title: page.world.bot.first_name, unread: 0, last: null, members: {}, names: {}, topics: {} };
  return [...known, { ...unopened, isUnopened: true }];
}

function address() {
  const parts = new URLSearchParams();
  if (page.me) parts.set("as", page.me);
  if (page.chatId) parts.set("chat", page.chatId);
  history.replaceState(null, "", `/?${parts}`);
}

function drawHead() {
  const chat = page.chat();
  for (const id of ["chat-head", "history", "foot"]) find(id).hidden = !chat;
  find("nothing").hidden = Boolean(chat);
  document.body.dataset.view = chat ? "chat" : "list";
  if (!chat) return;
  const isPrivate = chat.type === "private";
  paintAvatar(find("chat-avatar"), isPrivate ? page.world.bot.id : chat.id, chat.title);
  find("chat-title").textContent = chat.title;
  const people = Object.entries(chat.members).filter(([, status]) => !["left", "kicked"].includes(status));
  const withBot = ["member", "administrator"].includes(chat.bot_status);
  const names = people.map(([id]) => chat.names[id]).join(", ");
  find("chat-about").textContent = isPrivate ? "бот" : `${plural(people.length + (withBot ? 1 : 0), "участник", "участника", "участников")}: ${names}${withBot ? `, ${page.world.bot.first_name}` : ""}`;
  const block = find("block");
  block.hidden = !isPrivate || chat.isUnopened;
  block.textContent = page.person()?.has_blocked ? "Разблокировать" : "Заблокировать";
}

const shown = new Map();
let isAtEnd = true;

function toEnd() {
  const log = find("history");
  log.scrollTop = log.scrollHeight;
  isAtEnd = true;
}

function drawMessages() {
  const log = find("history");
  const chat = page.chat();
  if (!chat) return;
  const wasAtEnd = isAtEnd;
  const isFresh = log.dataset.chat !== `${page.me}:${chat.id}`;
  if (isFresh) {
    shown.clear();
    log.replaceChildren();
    log.dataset.chat = `${page.me}:${chat.id}`;
  }
  const wanted = [];
  let before = null;
  for (const message of page.messages) {
    const isNewDay = !before || dayOf(before.date) !== dayOf(message.date);
    if (isNewDay) wanted.push(element(`day${message.message_id}`, dayOf(message.date), () => make("div", { class: "day" }, make("span", {}, dayOf(message.date)))));
    const isNewSender = isNewDay || author(before) !== author(message) || message.date - before.date > 600;
    const look = { isMine: message.from.id === page.me, isNewSender, isGroup: chat.type !== "private", topicName: message.is_topic_message ? chat.topics[message.message_thread_id] : "" };
    wanted.push(element(`m${message.message_id}`, JSON.stringify([message, look]), () => bubble(message, look, actions)));
    before = message;
  }
  if (!wanted.length) {
    const hint = chat.type === "private" ? "Нажмите «Запустить», чтобы бот мог вам писать" : "Сообщений пока нет";
    wanted.push(element("hint", hint, () => make("div", { class: "service" }, make("span", {}, hint))));
  }
  place(log, wanted);
  if (isFresh || wasAtEnd) toEnd();
}

const author = (message) => message.sender_chat?.id ?? (message.new_chat_members || message.left_chat_member ? "service" : message.from.id);

function element(key, content, build) {
  const known = shown.get(key);
  if (known?.content === content) return known.element;
  const built = build();
  shown.set(key, { content, element: built });
  return built;
}

function place(log, wanted) {
  wanted.forEach((item, at) => {
    if (log.children[at] !== item) log.insertBefore(item, log.children[at] ?? null);
  });
  while (log.children.length > wanted.length) log.lastChild.remove();
}

const actions = {
  jump(messageId) {
    const target = document.querySelector(`[data-message-id="${messageId}"]`);
    target?.scrollIntoView({ block: "center", behavior: "smooth" });
    target?.classList.add("flash");
    setTimeout(() => target?.classList.remove("flash"), 1200);
  },
  reply: (message) => composer.reply(message),
  edit: (message) => composer.edit(message),
  command: tryTo((command) => order("send", { person: page.me, chat: page.chatId, text: command })),
  react: tryTo((message) => {
    const isTakenBack = message.reactions?.includes("👍");
    return order("react", { person: page.me, chat: page.chatId, message_id: message.message_id, emoji: isTakenBack ? "" : "👍" });
  }),
  follow(event, url) {
    const link = url.match(/^(?:https?:\/\/t\.me\/|tg:\/\/resolve\?domain=)([\w_]+)[?&](start|startgroup)=([\w-]*)/i);
    if (!link || link[1].toLowerCase() !== page.world.bot.username.toLowerCase()) return;
    event.preventDefault();
    if (link[2] === "startgroup") chooseGroup(link[3]);
    else tryTo(async () => {
      await order("start", { person: page.me, payload: link[3] });
      open(page.me);
    })();
  },
  visit(url) {
    const link = make("a", { href: url, target: "_blank", rel: "noopener noreferrer", onclick: (click) => actions.follow(click, url) });
    if (/^(https?|tg):/i.test(url)) link.click();
  },
  press: tryTo(async (event, message, button) => {
    if (button.url) {
      actions.visit(button.url);
      return;
    }
    const pressed = event.currentTarget;
    pressed.classList.add("waiting");
    try {
      const rows = message.reply_markup.inline_keyboard.flat();
      const index = rows.findIndex((other) => other === button);
      const answer = await order("press", { person: page.me, chat: page.chatId, message_id: message.message_id, index });
      if (answer.url) actions.visit(answer.url);
      if (answer.toast) toast(answer.toast, { isAlert: answer.show_alert });
      else if (!answer.answered) toast("Бот не ответил на нажатие за 5 секунд");
    } finally {
      pressed.classList.remove("waiting");
    }
  }),
};

function chooseGroup(payload) {
  const groups = chats().filter((chat) => chat.type !== "private");
  find("dialog-title").textContent = "Добавить бота в группу";
  const buttons = groups.map((chat) =>
    make("button", { type: "button", class: "dialog-row", onclick: tryTo(async () => {
      find("dialog").close();
      await order("startgroup", { person: page.me, chat: chat.id, payload });
      open(chat.id);
    }) }, chat.title));
  find("dialog-body").replaceChildren(...(buttons.length ? buttons : ["Вы пока не состоите ни в одной группе."]));
  find("dialog").showModal();
}

async function markRead() {
  const chat = page.chat();
  if (chat?.unread && !document.hidden) await order("read", { person: page.me, chat: chat.id });
}

let isRunning = false;
let isStale = false;

// One refresh at a time; what changes meanwhile is fetched right after.
const refresh = tryTo(async () => {
  isStale = true;
  if (isRunning) return;
  isRunning = true;
  try {
    while (isStale) {
      isStale = false;
      await fetchAndDraw();
    }
  } finally {
    isRunning = false;
  }
});

async function fetchAndDraw() {
  const { me, chatId } = page;
  const world = await question("state", { person: me });
  if (!world.persons.some((person) => person.id === me)) {
    page.me = world.persons.find((person) => !person.is_bot)?.id ?? 0;
    page.chatId = me ? page.chatId : chatId;
    if (page.me) isStale = true;
  }
  const isKnown = world.chats.some((chat) => chat.id === chatId);
  const messages = isKnown ? await question("messages", { chat: chatId, limit: HISTORY }) : [];
  if (page.me !== me || page.chatId !== chatId) {
    isStale = true;
    return;
  }
  page.world = world;
  page.messages = messages;
  list.draw();
  drawHead();
  drawMessages();
  composer.draw();
  await markRead();
}

function open(chatId) {
  page.chatId = chatId;
  address();
  composer.clear();
  refresh().then(() => matchMedia("(min-width: 720px)").matches && find("text").focus());
}

const composer = setUpComposer(page, { refresh, find });
const list = setUpList(page, { find, chats, open });

find("person").addEventListener("change", (event) => {
  page.me = Number(event.target.value);
  const isShared = page.world.chats.some((chat) => chat.id === page.chatId && chat.type !== "private" && chat.members[page.me]);
  page.chatId = isShared ? page.chatId : 0;
  event.target.blur();
  address();
  composer.clear();
  refresh();
});
find("back").addEventListener("click", () => open(0));
find("block").addEventListener("click", tryTo(() => order("block", { person: page.me, blocked: !page.person().has_blocked })));
find("history").addEventListener("scroll", () => {
  const log = find("history");
  const below = log.scrollHeight - log.scrollTop - log.clientHeight;
  isAtEnd = below < 90;
  find("to-end").hidden = below < 300;
});
// Pictures that arrive late and a composer that grows do not move the last message out of sight.
find("history").addEventListener("load", () => isAtEnd && toEnd(), true);
new ResizeObserver(() => isAtEnd && toEnd()).observe(find("history"));
find("to-end").addEventListener("click", () => find("history").lastElementChild?.scrollIntoView({ behavior: "smooth" }));
document.addEventListener("visibilitychange", () => refresh());

const events = new EventSource("/sim/events");
events.addEventListener("message", () => refresh());
refresh();
