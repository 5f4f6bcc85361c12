/* Pieces of a form's page that show what the form means while it is filled in: asked for anew after each change. */
document.addEventListener("DOMContentLoaded", () => {
  "use strict";

  const form = document.querySelector("#content-main form, form[id$=_form]");
  let timer = 0;

  const refresh = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      document.querySelectorAll("[data-live]").forEach((piece) => htmx.trigger(piece, "refresh"));
    }, 300);
  };

  if (!form) return;
  form.addEventListener("input", refresh);
  form.addEventListener("change", refresh);
  /* Choices that are looked up tell of a change to jQuery alone. */
  if (window.django && window.django.jQuery) window.django.jQuery(form).on("change", "select", refresh);
});
