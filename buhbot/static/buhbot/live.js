/* Pieces of a form's page that show what the form means while it is filled in: asked for anew after each change. */
document.addEventListener("DOMContentLoaded", () => {
  "use strict";

  const form = document.querySelector("form[id$=_form]");
  let timer = 0;

  const refresh = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      document.querySelectorAll("[data-live]").forEach((piece) => htmx.trigger(piece, "refresh"));
    }, 300);
  };

  /* Signed out: the answer is the sign-in page, which is no piece of this one. */
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (!event.detail.xhr.responseURL.includes("/login/")) return;
    event.detail.shouldSwap = false;
    window.location.reload();
  });

  if (!form) return;

  /* The choice of a segment, or of chats, is there when that is the audience. */
  const audience = form.querySelector("select[name=audience]");
  const narrow = () => {
    for (const [name, value] of [["segment", "segment"], ["chats", "picked"]]) {
      const row = form.querySelector(`.field-${name}`);
      if (row) row.hidden = audience.value !== value;
    }
  };
  if (audience) {
    audience.addEventListener("change", narrow);
    narrow();
  }

  form.addEventListener("input", refresh);
  form.addEventListener("change", refresh);
  /* Choices that are looked up tell of a change to jQuery alone. */
  if (window.django && window.django.jQuery) window.django.jQuery(form).on("change", "select", refresh);
});
