// Before the first paint: the theme and language chosen on this device, so that the page never flashes.
;(function () {
  try {
    var theme = localStorage.getItem('paraph.theme')
    if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme
    var locale = localStorage.getItem('paraph.locale')
    if (locale === 'cs' || locale === 'en') document.documentElement.lang = locale
  } catch {
    // storage is forbidden: the system's theme stays
  }
})()
