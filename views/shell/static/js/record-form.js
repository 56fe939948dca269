/* Record forms: fields that belong to a condition come and go; leaving with unsaved changes asks first. */
(() => {
  "use strict";
  const form = document.querySelector("form[data-guard]");
  if (!form) return;

  const conditions = [...form.querySelectorAll("[data-when]")];
  const apply = () => {
    for (const part of conditions) {
      const decider = form.elements.namedItem(part.dataset.when);
      if (decider) part.hidden = !part.dataset.values.split(" ").includes(decider.value);
    }
  };
  form.addEventListener("change", apply);
  apply();

  let changed = Boolean(form.querySelector(".sum"));
  let sent = false;
  form.addEventListener("input", () => { changed = true; });
  form.addEventListener("change", () => { changed = true; });
  form.addEventListener("submit", () => { sent = true; });
  window.addEventListener("beforeunload", (event) => {
    if (changed && !sent) event.preventDefault();
  });
})();
