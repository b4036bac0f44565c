// The remembered choice, or the system's; without it a dark page would flash white.
(() => {
  let kept = null;
  try {
    kept = localStorage.getItem("latchkey-color-scheme");
  } catch {
    // A browser that keeps nothing for sites shows the system's choice.
  }
  const isDark = kept === "dark" || (kept !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.setAttribute("data-mantine-color-scheme", isDark ? "dark" : "light");
  document.documentElement.style.background = isDark ? "#16181d" : "#f7f8fa";
})();
