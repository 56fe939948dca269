/* The scheme designer: choosing and saving change the page in place, values are tried as one types. */
(() => {
  "use strict";
  const designer = () => document.getElementById("designer");
  if (!designer()) return;
  const WAIT = 300;

  /* Take the parts that may differ from a page that the server drew. */
  const show = (html, address) => {
    const page = new DOMParser().parseFromString(html, "text/html");
    const scrolled = designer().querySelector(".wrap").scrollLeft;
    for (const part of [".messages", "#wrong", "#findings", "#designer"]) {
      const [old, fresh] = [document.querySelector(part), page.querySelector(part)];
      if (old && fresh) old.replaceWith(fresh);
    }
    if (address) window.history.replaceState(null, "", address);
    designer().querySelector(".wrap").scrollLeft = scrolled;
    const alert = designer().querySelector("[data-focus]");
    if (alert) alert.focus();
    document.dispatchEvent(new CustomEvent("designer:shown"));
  };

  const load = async (address, options) => {
    const answer = await fetch(address, options);
    const html = await answer.text();
    if (!html.includes('id="designer"')) { window.location.assign(answer.url); return; }
    show(html, answer.redirected || !options ? answer.url : null);
  };

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-swap]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    load(link.href);
  });

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || !form.matches("form[data-swap]")) return;
    event.preventDefault();
    delete form.dataset.sent;
    const body = new URLSearchParams(new FormData(form));
    if (event.submitter && event.submitter.name) body.set(event.submitter.name, event.submitter.value);
    load(form.action, { method: "POST", body });
  });

  document.addEventListener("change", (event) => {
    const method = event.target.closest("#panel-method");
    if (!method) return;
    const body = new URLSearchParams(new FormData(method.form));
    body.set("step", "method");
    load(method.form.action, { method: "POST", body }).then(() => document.getElementById("panel-method").focus());
  });

  /* A weight saved in its row makes the panel's version of the same item a later one. */
  document.addEventListener("saved", (event) => {
    const row = document.querySelector(`.tree tr[data-item="${event.detail.id}"]`);
    if (row) row.dataset.version = event.detail.version;
    if (!document.querySelector(`#panel-form[data-item="${event.detail.id}"]`)) return;
    for (const read of document.querySelectorAll("#panel [name=row_version]")) read.value = event.detail.version;
  });

  /* Moving: Alt with an arrow on a row, or a row dragged to another. */
  const move = async (row, how) => {
    const address = row.querySelector("th a").href;
    const body = new URLSearchParams({
      csrf_token: document.querySelector("#panel [name=csrf_token]").value,
      row_version: row.dataset.version,
      ...how,
    });
    await load(new URL(`../item/${row.dataset.item}/move`, address), { method: "POST", body });
    const moved = document.querySelector(`.tree tr[data-item="${row.dataset.item}"] th a`);
    if (moved) moved.focus();
  };
  const STEPS = { ArrowUp: "up", ArrowDown: "down", ArrowLeft: "outdent", ArrowRight: "indent" };
  document.addEventListener("keydown", (event) => {
    const row = event.target.closest(".tree tr[data-item]");
    if (!row || !event.altKey || !STEPS[event.key]) return;
    event.preventDefault();
    move(row, { step: STEPS[event.key] });
  });

  let dragged = null;
  const unmark = () => {
    for (const row of document.querySelectorAll("[data-drop]")) delete row.dataset.drop;
  };
  document.addEventListener("dragstart", (event) => {
    dragged = event.target.closest ? event.target.closest(".tree tr[data-item]") : null;
    if (!dragged) return;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", dragged.querySelector("th").textContent.trim());
    dragged.classList.add("dragged");
  });
  document.addEventListener("dragover", (event) => {
    const row = event.target.closest(".tree tr[data-item]");
    if (!dragged || !row) return;
    event.preventDefault();
    unmark();
    if (row === dragged) return;
    const { top, height } = row.getBoundingClientRect();
    const at = (event.clientY - top) / height;
    const inner = row.dataset.kind === "dimension" && at > 0.3 && at < 0.7;
    row.dataset.drop = inner ? "into" : at < 0.5 ? "before" : "after";
  });
  document.addEventListener("drop", (event) => {
    const row = event.target.closest("[data-drop]");
    if (!dragged || !row) return;
    event.preventDefault();
    move(dragged, { target: row.dataset.item, place: row.dataset.drop });
  });
  document.addEventListener("dragend", () => {
    if (dragged) dragged.classList.remove("dragged");
    dragged = null;
    unmark();
  });

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-add-row]");
    if (!button) return;
    const body = button.closest("form").querySelector(".pairs tbody");
    const row = body.rows[body.rows.length - 1].cloneNode(true);
    for (const input of row.querySelectorAll("input")) {
      input.value = "";
      input.setAttribute("aria-label", input.getAttribute("aria-label").replace(/\d+/, String(body.rows.length + 1)));
    }
    body.append(row);
    row.querySelector("input").focus();
  });

  /* Try a value with what stands in the form, saved or not. */
  const tryOut = async () => {
    const form = document.getElementById("panel-try");
    if (!form) return;
    const scoring = document.getElementById("panel-form");
    const disabled = scoring.querySelector("fieldset").disabled;
    const fields = [...(disabled ? [] : new FormData(scoring)), ...new FormData(form)]
      .filter(([name]) => !["csrf_token", "row_version"].includes(name));
    const answer = await fetch(form.dataset.try, {
      method: "POST",
      body: JSON.stringify({ form: fields }),
      headers: {
        "Content-Type": "application/json",
        "X-CSRFToken": scoring.elements.csrf_token.value,
        "X-Requested-With": "XMLHttpRequest",
      },
    });
    const told = await answer.json();
    const result = form.querySelector(".result");
    result.classList.toggle("err", !answer.ok);
    if (!answer.ok) { result.textContent = told.message; return; }
    const drawn = (html) => [...new DOMParser().parseFromString(html, "text/html").body.childNodes];
    const open = document.querySelector("#panel-curve details[open]") !== null;
    document.getElementById("panel-curve").replaceChildren(...drawn(told.curve));
    if (open && told.curve) document.querySelector("#panel-curve details").open = true;
    result.replaceChildren(...(form.elements["try.actual"].value ? drawn(told.result) : []));
  };

  document.addEventListener("submit", (event) => {
    if (event.target.id !== "panel-try") return;
    event.preventDefault();
    tryOut();
  });

  let waiting = 0;
  document.addEventListener("input", (event) => {
    if (!event.target.closest("#panel-form, #panel-try") || event.target.id === "panel-method") return;
    window.clearTimeout(waiting);
    waiting = window.setTimeout(tryOut, WAIT);
  });
})();
