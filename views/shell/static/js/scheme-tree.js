/* After a weight is saved, the sums, chips and findings of the tree follow. */
(() => {
  "use strict";
  const shown = () => document.querySelector("table[data-sums]");
  if (!shown()) return;

  const chip = (label) => {
    const made = document.createElement("span");
    made.className = "chip bad";
    made.textContent = label;
    return made;
  };

  const follow = async () => {
    const tree = shown();
    const answer = await fetch(tree.dataset.sums, { headers: { "X-Requested-With": "XMLHttpRequest", Accept: "application/json" } });
    if (!answer.ok) return;
    const told = await answer.json();
    for (const cell of tree.querySelectorAll("[data-sum]")) {
      const sum = told.sums[cell.dataset.sum];
      if (!sum) continue;
      cell.textContent = sum.right ? sum.found : `${sum.found} / ${sum.expected}`;
      cell.classList.toggle("off", !sum.right);
      if (cell.tagName === "DIV") cell.classList.toggle("hint", sum.right);
    }
    document.getElementById("wrong").replaceChildren(...told.wrong.map(chip));
    const findings = document.getElementById("findings");
    findings.hidden = !told.findings.length;
    findings.querySelector("ul").replaceChildren(...told.findings.map((text) => {
      const line = document.createElement("li");
      line.textContent = text;
      return line;
    }));
  };

  document.addEventListener("saved", follow);
})();
