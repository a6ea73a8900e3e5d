// Before anything is painted: light or dark, by what was chosen here, else by the system.
(() => {
  const KEY = "monitor.theme";
  const system = matchMedia("(prefers-color-scheme: dark)");
  const kept = () => { try { return localStorage.getItem(KEY); } catch { return null; } };
  let chosen = kept();

  function show() {
    const dark = chosen ? chosen === "dark" : system.matches;
    document.documentElement.dataset.theme = dark ? "dark" : "light";
  }

  system.addEventListener("change", show);
  globalThis.theme = {
    get chosen() { return chosen ?? "system"; },
    choose(value) {
      chosen = value === "system" ? null : value;
      try {
        if (chosen) localStorage.setItem(KEY, chosen); else localStorage.removeItem(KEY);
      } catch { /* It holds for this visit. */ }
      show();
    },
  };
  show();
})();
