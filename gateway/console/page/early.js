// Before anything is drawn: the colours and the language that were chosen earlier, so that nothing flashes.
// A classic script on purpose: modules wait until the page was read.
(() => {
  try {
    const theme = localStorage.getItem('9rum.theme');
    if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
    const language = localStorage.getItem('9rum.language');
    if (language) document.documentElement.lang = language;
  } catch {
    // A browser that keeps nothing shows the defaults.
  }
})();
