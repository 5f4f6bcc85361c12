/* The home page: clocks that go on between two looks at the server, and what to do when it cannot be reached. */
(() => {
  "use strict";

  const stale = document.getElementById("bb-stale");
  let shownAt = performance.now();

  const written = (seconds, words) => {
    const hours = Math.floor(seconds / 3600);
    const minutes = Math.floor((seconds % 3600) / 60);
    const parts = { h: hours, m: minutes, s: String(seconds % 60).padStart(2, "0") };
    return (hours ? words.hours : words.minutes).replace(/{([hms])}/g, (_all, part) => parts[part]).replaceAll(" ", "\u00a0");
  };

  /* Working time: it runs until `changes`, or stands until then. */
  const tick = () => {
    const passed = Math.floor((performance.now() - shownAt) / 1000);
    document.querySelectorAll("[data-countdown]").forEach((clock) => {
      const { countdown, runs, changes } = clock.dataset;
      const moved = runs === "1" ? Math.min(passed, Number(changes)) : Math.max(passed - Number(changes), 0);
      const left = Number(countdown) - moved;
      const words = clock.closest(".bb-queue").dataset;
      clock.textContent = (left < 0 ? words.over : words.left).replace("{time}", written(Math.abs(left), words));
      clock.classList.toggle("bb-clock-danger", left < 0);
    });
  };

  const is_piece = (event) => event.detail.target?.id?.startsWith("home-");

  document.addEventListener("htmx:beforeSwap", (event) => {
    if (!is_piece(event)) return;
    /* Signed out: the answer is the sign-in page, which is no piece. */
    if (!event.detail.xhr.responseURL.includes("/home/")) {
      event.detail.shouldSwap = false;
      window.location.reload();
    }
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target?.id !== "home-now") return;
    shownAt = performance.now();
    stale.hidden = true;
    tick();
  });
  for (const failure of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
    document.addEventListener(failure, (event) => { if (is_piece(event)) stale.hidden = false; });
  }
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") htmx.trigger("#home-now", "refresh");
  });

  tick();
  setInterval(tick, 1000);
})();
