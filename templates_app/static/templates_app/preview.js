// Shows, while one writes a template, what a client will read (TPL-03). The server fills the text.
document.addEventListener("DOMContentLoaded", () => {
  const box = document.getElementById("template-preview");
  const text = document.querySelector("textarea[name=text]");
  if (!box) return;
  const shown = box.querySelector("[data-preview]");
  const error = box.querySelector("[data-error]");
  let timer = 0;
  let asked = 0;

  async function show() {
    const number = ++asked;
    const body = new FormData();
    body.append("text", text ? text.value : document.querySelector(".field-text .readonly")?.innerText || "");
    body.append("csrfmiddlewaretoken", document.querySelector("[name=csrfmiddlewaretoken]").value);
    let answer;
    try {
      answer = await (await fetch(box.dataset.url, { method: "POST", body })).json();
    } catch {
      answer = { error: box.dataset.failed };
    }
    if (number !== asked) return;
    error.hidden = !answer.error;
    error.textContent = answer.error || "";
    if (!answer.error) shown.textContent = answer.text || "…";
  }

  if (text) text.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(show, 250); });
  show();
});
