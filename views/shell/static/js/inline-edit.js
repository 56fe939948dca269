/* A value changed in its row is saved when one leaves it or presses Enter; a refusal stands beside it. */
(() => {
  "use strict";
  const token = document.querySelector("input[name=csrf_token]");

  const save = async (part, input) => {
    if (input.value === input.defaultValue) return;
    const body = new URLSearchParams({
      list_form_pk: part.dataset.id,
      version: part.dataset.version,
      [part.dataset.field]: input.value,
    });
    const answer = await fetch(part.dataset.inline, {
      method: "POST",
      body,
      headers: { "X-CSRFToken": token.value, "X-Requested-With": "XMLHttpRequest", Accept: "application/json" },
    });
    const told = await answer.json();
    const error = part.querySelector(".err");
    error.hidden = answer.ok;
    input.setAttribute("aria-invalid", String(!answer.ok));
    if (answer.ok) {
      for (const other of document.querySelectorAll(`[data-inline][data-id="${part.dataset.id}"]`)) {
        other.dataset.version = told.version;
      }
      input.value = told.value;
      input.defaultValue = told.value;
      document.dispatchEvent(new CustomEvent("saved", { detail: told }));
    } else {
      const both = told.theirs
        ? ` ${part.dataset.theirs}: ${told.theirs[part.dataset.field]} | ${part.dataset.yours}: ${told.yours[part.dataset.field]}`
        : "";
      const fields = told.fields && told.fields[part.dataset.field] ? ` ${told.fields[part.dataset.field]}` : "";
      error.textContent = told.message + fields + both;
    }
  };

  const at = (event) => {
    const part = event.target.closest("[data-inline]");
    return part ? [part, part.querySelector("input, select")] : null;
  };
  document.addEventListener("change", (event) => { if (at(event)) save(...at(event)); });
  document.addEventListener("keydown", (event) => {
    if (!at(event)) return;
    const [, input] = at(event);
    if (event.key === "Enter") { event.preventDefault(); input.blur(); }
    if (event.key === "Escape") { input.value = input.defaultValue; }
  });
})();
