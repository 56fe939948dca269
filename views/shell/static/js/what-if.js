/* Every change of the copied scheme is sent, and the ranking redrawn from the answer; the last one asked for counts. */
(() => {
  "use strict";
  const root = document.querySelector("[data-what-if]");
  const token = document.querySelector("input[name=csrf_token]");
  const problem = document.querySelector("[data-problem]");
  const kept = document.querySelector("[data-keep] input[name=trial]");
  const inputs = [...root.querySelectorAll("[data-part]")];
  const initial = new Map(inputs.map((input) => [input, input.value]));
  let asked = 0;
  let waiting = 0;

  const trial = () => {
    const items = {};
    const targets = {};
    for (const input of inputs) {
      if (input.value === initial.get(input)) continue;
      const code = input.closest("[data-item]").dataset.item;
      if (input.dataset.part === "target") targets[code] = input.value;
      else (items[code] ||= {})[input.dataset.part] = input.value;
    }
    return { items, targets };
  };

  const cell = (tag, text, name) => {
    const made = document.createElement(tag);
    made.textContent = text ?? "–";
    if (name) made.className = name;
    return made;
  };

  const drawn = (row) => {
    const line = document.createElement("tr");
    const name = cell("th", row.name);
    name.scope = "row";
    const total = cell("td", "", "n");
    total.append(cell("b", row.total));
    const grade = cell("td", "");
    if (row.was_grade !== row.grade && row.was_grade) grade.append(`${row.was_grade} → `);
    if (row.grade) grade.append(cell("span", row.grade, `chip ${row.tone}`));
    const move = row.gained > 0 ? " ▲" : row.gained < 0 ? " ▼" : "";
    if (move) line.className = "sel";
    line.append(cell("td", `${row.rank ?? "–"}${move}`, "n nowrap"), cell("td", row.was_rank, "n"), name, total, cell("td", row.change, "n"), grade);
    return line;
  };

  const ask = async () => {
    const mine = ++asked;
    const body = JSON.stringify(trial());
    if (kept) kept.value = body;
    const answer = await fetch(root.dataset.whatIf, {
      method: "POST",
      body,
      headers: { "Content-Type": "application/json", "X-CSRFToken": token.value, "X-Requested-With": "XMLHttpRequest", Accept: "application/json" },
    });
    const told = await answer.json();
    if (mine !== asked) return;
    problem.hidden = answer.ok;
    root.setAttribute("aria-busy", "false");
    if (!answer.ok) {
      const why = (told.findings || []).map((finding) => finding.message || finding);
      problem.textContent = [told.message, ...why].join(" ");
      return;
    }
    root.querySelector("[data-summary]").textContent = told.summary;
    root.querySelector("[data-more]").textContent = told.more;
    root.querySelector("[data-rows]").replaceChildren(...told.rows.map(drawn));
  };

  const soon = () => {
    clearTimeout(waiting);
    root.setAttribute("aria-busy", "true");
    waiting = setTimeout(ask, 150);
  };

  for (const input of inputs) input.addEventListener("input", soon);
  document.querySelector("[data-reset]").addEventListener("click", () => {
    for (const input of inputs) input.value = initial.get(input);
    soon();
  });
})();
