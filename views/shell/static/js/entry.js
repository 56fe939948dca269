/* The entry form: drafts are saved as one goes, and each field is told at once what is wrong with it. */
(() => {
  "use strict";
  const form = document.getElementById("entry");
  if (!form) return;
  const version = form.elements.version;
  const saved = document.getElementById("saved");
  const problem = document.getElementById("autosave-problem");
  const touched = new Set();
  let timer = 0;
  let running = false;
  let again = false;
  let stopped = false;

  const tell = (message) => { problem.textContent = message; problem.hidden = !message; };

  const showErrors = (errors) => {
    for (const place of form.querySelectorAll("[data-error-of]")) {
      const id = place.dataset.errorOf;
      const message = errors[id] || "";
      const field = document.getElementById(id);
      if (!touched.has(id) && message === place.textContent) continue;
      place.textContent = message;
      place.hidden = !message;
      if (message) field.setAttribute("aria-invalid", "true"); else field.removeAttribute("aria-invalid");
    }
  };

  const save = async () => {
    if (stopped) return;
    if (running) { again = true; return; }
    running = true;
    again = false;
    const sent = [...touched];
    try {
      const answer = await fetch(form.dataset.autosave, {
        method: "POST",
        body: new FormData(form),
        headers: { Accept: "application/json", "X-Requested-With": "XMLHttpRequest" },
        credentials: "same-origin",
        redirect: "error",
      });
      const told = await answer.json();
      if (answer.ok) {
        version.value = told.version;
        saved.textContent = told.saved;
        saved.hidden = false;
        document.getElementById("score").textContent = told.score.points;
        for (const [code, text] of Object.entries(told.filled)) {
          const place = form.querySelector(`[data-filled="${CSS.escape(code)}"]`);
          if (place) place.textContent = text;
        }
        showErrors(told.errors);
        for (const name of sent) touched.delete(name);
        tell("");
        if (!again) form.dispatchEvent(new CustomEvent("plumbline:saved"));
      } else {
        /* Saved by someone else, handed in or closed meanwhile: what is typed stays; saving by hand shows both. */
        stopped = answer.status === 409 || answer.status === 403;
        tell(told.message);
      }
    } catch (_failure) {
      tell(form.dataset.failed);
      again = true;
    }
    running = false;
    if (again && !stopped) later(5000);
  };

  const later = (delay) => { window.clearTimeout(timer); timer = window.setTimeout(save, delay); };

  form.addEventListener("input", (event) => { touched.add(event.target.id); later(2500); });
  form.addEventListener("change", (event) => { touched.add(event.target.id); later(300); });
  form.addEventListener("submit", () => { window.clearTimeout(timer); stopped = true; });
  document.addEventListener("visibilitychange", () => { if (document.hidden && touched.size) later(0); });
})();
