// Which language the reader reads: what they chose, or else what their browser asks for. Requests ask for the same.

export type Lang = 'zh' | 'en'

const store = 'dengpan.lang'

/** The first of a browser's languages that the product speaks; Chinese if it speaks none. */
export function preferred(languages: readonly string[]): Lang {
  for (const language of languages) {
    if (/^zh\b/i.test(language)) return 'zh'
    if (/^en\b/i.test(language)) return 'en'
  }
  return 'zh'
}

function remembered(): Lang {
  const chosen = localStorage.getItem(store)
  return chosen === 'zh' || chosen === 'en' ? chosen : preferred(navigator.languages)
}

let current = remembered()

export const language = {
  get: () => current,
  set: (lang: Lang) => {
    current = lang
    localStorage.setItem(store, lang)
  },
}
