/* The filters of the reports act at once; dates only together, by the button. */
(() => {
  "use strict";

  const form = document.getElementById("report-filters");
  const period = form.elements.period;
  const dates = form.querySelectorAll(".bb-filter-date");

  const showDates = () => dates.forEach((date) => date.classList.toggle("bb-filter-idle", period.value !== "custom"));

  form.addEventListener("change", (event) => {
    if (event.target.type === "date") {
      period.value = "custom";
      showDates();
    } else if (period.value === "custom" && event.target === period) {
      showDates();
      form.elements.from.focus();
    } else {
      form.requestSubmit();
    }
  });

  document.querySelector(".bb-tab-on")?.scrollIntoView({ inline: "center", block: "nearest" });

  /* What is not chosen stays out of the address. */
  form.addEventListener("formdata", (event) => {
    for (const [name, value] of [...event.formData]) {
      if (!value || (period.value !== "custom" && (name === "from" || name === "to"))) event.formData.delete(name);
    }
  });
})();
