/* Chooses a record: type, arrow keys, Enter; Escape closes.  Only what was found is ever in the page. */
(() => {
  "use strict";
  const WAIT = 180;

  class Combobox {
    constructor(box) {
      this.box = box;
      this.input = box.querySelector("[role=combobox]");
      this.hidden = box.querySelector("input[type=hidden]");
      this.list = box.querySelector("[role=listbox]");
      this.active = -1;
      this.asked = 0;
      this.input.addEventListener("input", () => this.typed());
      this.input.addEventListener("keydown", (event) => this.key(event));
      this.input.addEventListener("focus", () => this.input.select());
      this.input.addEventListener("blur", () => window.setTimeout(() => this.close(), 150));
      this.list.addEventListener("mousedown", (event) => event.preventDefault());
      this.list.addEventListener("click", (event) => {
        const option = event.target.closest("[role=option]");
        if (option) this.choose(option);
      });
    }

    typed() {
      this.hidden.value = "";
      window.clearTimeout(this.timer);
      this.timer = window.setTimeout(() => this.ask(), WAIT);
    }

    async ask() {
      const turn = ++this.asked;
      const url = `${this.box.dataset.lookup}?q=${encodeURIComponent(this.input.value)}`;
      const answer = await fetch(url, { headers: { "X-Requested-With": "XMLHttpRequest", Accept: "application/json" } });
      if (turn !== this.asked || !answer.ok) return;
      this.show(await answer.json());
    }

    show(found) {
      this.list.replaceChildren(...found.map((record, index) => {
        const option = document.createElement("li");
        option.id = `${this.list.id}-${index}`;
        option.setAttribute("role", "option");
        option.dataset.id = record.id;
        option.textContent = record.text;
        return option;
      }));
      if (!found.length) {
        const none = document.createElement("li");
        none.className = "hint";
        none.textContent = this.box.dataset.none;
        this.list.append(none);
      }
      this.active = -1;
      this.list.hidden = false;
      this.input.setAttribute("aria-expanded", "true");
    }

    key(event) {
      const options = [...this.list.querySelectorAll("[role=option]")];
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        if (this.list.hidden) { this.ask(); return; }
        const step = event.key === "ArrowDown" ? 1 : -1;
        this.mark(options, (this.active + step + options.length) % options.length);
      } else if (event.key === "Enter" && !this.list.hidden && options[this.active]) {
        event.preventDefault();
        this.choose(options[this.active]);
      } else if (event.key === "Escape" && !this.list.hidden) {
        event.preventDefault();
        event.stopPropagation();
        this.close();
      }
    }

    mark(options, index) {
      if (!options.length) return;
      for (const option of options) option.setAttribute("aria-selected", "false");
      this.active = index;
      options[index].setAttribute("aria-selected", "true");
      options[index].scrollIntoView({ block: "nearest" });
      this.input.setAttribute("aria-activedescendant", options[index].id);
    }

    choose(option) {
      this.hidden.value = option.dataset.id;
      this.input.value = option.textContent;
      this.hidden.dispatchEvent(new Event("change", { bubbles: true }));
      this.close();
    }

    close() {
      this.asked += 1;
      this.list.hidden = true;
      this.active = -1;
      this.input.setAttribute("aria-expanded", "false");
      this.input.removeAttribute("aria-activedescendant");
    }
  }

  for (const box of document.querySelectorAll(".combo")) new Combobox(box);
})();
