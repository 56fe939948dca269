/* Lists and forms of registers: filter lines, selecting rows, remote choices. */
(() => {
  "use strict";

  /* ---- filters: a line is cloned from the field's template; its name says which comparison is meant ---- */
  for (const box of document.querySelectorAll("[data-filters]")) {
    const lines = box.querySelector("[data-lines]");
    const refresh = () => {
      for (const part of box.querySelectorAll("[data-when-lines]")) part.hidden = !lines.children.length;
    };
    const add = (column, comparison, value) => {
      const template = box.querySelector(`template[data-filter="${CSS.escape(column)}"]`);
      if (!template) return;
      const line = template.content.firstElementChild.cloneNode(true);
      const how = line.querySelector("[data-how]");
      const field = line.querySelector("[data-value]").querySelector("input, select, textarea");
      if (comparison !== undefined) {
        const option = [...how.options].find((one) => one.text === comparison);
        if (option) how.value = option.value;
      }
      if (field) {
        field.removeAttribute("id");
        field.removeAttribute("placeholder");
        field.removeAttribute("required");
        field.setAttribute("aria-label", line.getAttribute("aria-label"));
        if (field.closest(".date")) { field.type = "date"; field.closest(".date").replaceWith(field); }
        if (value !== undefined) {
          if (field.type === "checkbox") field.checked = true;
          else if (field.tagName === "SELECT" && ![...field.options].some((one) => one.value === String(value))) {
            field.add(new Option(value, value, true, true));
          } else field.value = value;
        } else if (field.tagName !== "SELECT") field.value = "";
        const rename = () => { field.name = `_flt_${how.value}_${column}`; };
        how.addEventListener("change", rename);
        rename();
      }
      line.querySelector("[data-remove]").addEventListener("click", () => {
        line.remove();
        refresh();
        if (!lines.children.length) box.requestSubmit();
      });
      lines.append(line);
      refresh();
      if (window.plumblineRemote) window.plumblineRemote(line);
      if (value === undefined && field) field.focus();
    };
    for (const [column, comparison, value] of JSON.parse(box.dataset.filters)) {
      for (const one of Array.isArray(value) ? value : [value]) add(column, comparison, one);
    }
    for (const button of box.querySelectorAll("[data-add]")) {
      button.addEventListener("click", () => {
        button.closest("details").open = false;
        add(button.dataset.add);
      });
    }
  }

  /* ---- selecting rows for a bulk action ---- */
  const rows = (form) => [...document.querySelectorAll(`input[name="rowid"][form="${CSS.escape(form)}"]`)];
  const tell = (form) => {
    const count = rows(form).filter((row) => row.checked).length;
    for (const place of document.querySelectorAll("[data-selected]")) place.textContent = count ? `(${count})` : "";
  };
  for (const all of document.querySelectorAll("[data-all]")) {
    all.addEventListener("change", () => {
      for (const row of rows(all.dataset.all)) row.checked = all.checked;
      tell(all.dataset.all);
    });
    for (const row of rows(all.dataset.all)) row.addEventListener("change", () => tell(all.dataset.all));
  }
  document.addEventListener("submit", (event) => {
    const needs = event.target.dataset.needs;
    if (needs && !rows(event.target.id).some((row) => row.checked)) {
      event.preventDefault();
      window.alert(needs);
    }
  }, true);
})();
