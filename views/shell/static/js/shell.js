/* The frame's behaviour: folding navigation, menus that close, focus on a summary of errors. */
(() => {
  "use strict";
  const root = document.documentElement;
  root.classList.replace("no-js", "js");

  const toggle = document.querySelector(".nav-toggle");
  const nav = document.getElementById("nav");
  if (toggle && nav) {
    const set = (open) => { nav.classList.toggle("open", open); toggle.setAttribute("aria-expanded", String(open)); };
    toggle.addEventListener("click", () => set(!nav.classList.contains("open")));
    nav.addEventListener("keydown", (event) => { if (event.key === "Escape") { set(false); toggle.focus(); } });
  }

  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });

  /* A slash goes to the search box, as long as nothing is being typed. */
  const search = document.getElementById("q");
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || !search || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input, textarea, select, [contenteditable]")) return;
    event.preventDefault();
    search.focus();
  });

  const summary = document.querySelector("[data-focus]");
  if (summary) summary.focus();

  /* Jumping from the summary puts the cursor into the field itself. */
  document.addEventListener("click", (event) => {
    const link = event.target.closest(".sum a[href^='#']");
    if (!link) return;
    const field = document.getElementById(link.hash.slice(1));
    if (!field) return;
    event.preventDefault();
    field.focus();
    field.scrollIntoView({ block: "center" });
  });

  /* A button that cannot be undone asks first, in the page's own words. */
  document.addEventListener("submit", (event) => {
    const question = (event.submitter && event.submitter.dataset.confirm) || event.target.dataset.confirm;
    if (question && !window.confirm(question)) event.preventDefault();
  });

  /* One press is one request. */
  document.addEventListener("submit", (event) => {
    if (event.defaultPrevented || event.target.method !== "post") return;
    const form = event.target;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    window.setTimeout(() => { delete form.dataset.sent; }, 4000);
  });

  /* Leaving with unsaved changes asks first; saving does not. */
  for (const form of document.querySelectorAll("form[data-guard]")) {
    let dirty = Boolean(document.querySelector(".sum"));
    form.addEventListener("input", () => { dirty = true; });
    form.addEventListener("submit", () => { dirty = false; });
    form.addEventListener("plumbline:saved", () => { dirty = false; });
    window.addEventListener("beforeunload", (event) => { if (dirty) event.preventDefault(); });
  }

  /* A filter that is chosen applies at once. */
  for (const chosen of document.querySelectorAll("[data-apply]")) {
    chosen.addEventListener("change", () => chosen.form.requestSubmit());
  }
})();
