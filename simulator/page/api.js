// The control API, toasts, and small tools for building elements.

export async function order(name, spec) {
  const answer = await fetch(`/sim/${name}`, { method: "POST", body: JSON.stringify(spec) });
  const result = await answer.json();
  if (!answer.ok) throw new Error(result.error);
  return result;
}

export async function question(name, spec = {}) {
  const answer = await fetch(`/sim/${name}?${new URLSearchParams(spec)}`);
  if (!answer.ok) throw new Error((await answer.json()).error);
  return answer.json();
}

export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "class") element.className = value;
    else if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== false && value != null) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
  return element;
}

const SVG = "http://www.w3.org/2000/svg";

export function icon(path) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  const line = document.createElementNS(SVG, "path");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}

export function toast(text, { isAlert = false } = {}) {
  const shown = make("div", { class: isAlert ? "toast alert" : "toast", "data-testid": "toast" }, text);
  document.getElementById("toasts").append(shown);
  setTimeout(() => shown.remove(), isAlert ? 9000 : 4500);
}

export function tryTo(action) {
  return async (...given) => {
    try {
      return await action(...given);
    } catch (error) {
      toast(`Не получилось: ${error.message}`);
      return undefined;
    }
  };
}

export function colour(id) {
  return `c${Math.abs(Number(id)) % 7}`;
}

export function initials(name) {
  const words = name.replace(/[«»"„“]/g, "").split(/\s+/).filter((word) => !/^(ООО|ИП|АО|ПАО|ЗАО)$/.test(word));
  return (words.length ? words : [name]).slice(0, 2).map((word) => [...word][0] ?? "").join("").toUpperCase();
}

export function paintAvatar(element, id, name) {
  element.className = `avatar ${colour(id)}`;
  element.textContent = initials(name);
}

const clock = new Intl.DateTimeFormat("ru", { hour: "2-digit", minute: "2-digit" });
const day = new Intl.DateTimeFormat("ru", { day: "numeric", month: "long" });
const shortDay = new Intl.DateTimeFormat("ru", { day: "2-digit", month: "2-digit" });

export const timeOf = (seconds) => clock.format(seconds * 1000);

export function dayOf(seconds) {
  const date = new Date(seconds * 1000);
  const today = new Date();
  if (date.toDateString() === today.toDateString()) return "Сегодня";
  const text = day.format(date);
  return date.getFullYear() === today.getFullYear() ? text : `${text} ${date.getFullYear()} г.`;
}

export function listTime(seconds) {
  const date = new Date(seconds * 1000);
  return date.toDateString() === new Date().toDateString() ? clock.format(date) : shortDay.format(date);
}

export function sizeOf(bytes) {
  if (bytes < 1024) return `${bytes} Б`;
  if (bytes < 1024 * 1024) return `${Math.round(bytes / 1024)} КБ`;
  return `${(bytes / 1024 / 1024).toFixed(1).replace(".", ",")} МБ`;
}

export function plural(count, one, few, many) {
  const tens = count % 100;
  const ones = count % 10;
  if (tens > 10 && tens < 20) return `${count} ${many}`;
  if (ones === 1) return `${count} ${one}`;
  return ones > 1 && ones < 5 ? `${count} ${few}` : `${count} ${many}`;
}
