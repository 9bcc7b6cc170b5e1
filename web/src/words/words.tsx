import type { ConfigProvider } from 'antd'
import {
  type ComponentProps,
  createContext,
  type ReactNode,
  use,
  useCallback,
  useEffect,
  useMemo,
  useState,
} from 'react'
import { type Lang, language } from './language'
import { type Dictionary, type Family, family, type Key, named, type Params, text } from './message'

type Locale = NonNullable<ComponentProps<typeof ConfigProvider>['locale']>
interface Loaded {
  lang: Lang
  words: Dictionary
  locale: Locale
}

interface Words extends Pick<Loaded, 'lang' | 'locale'> {
  t: (key: Key, params?: Params) => string
  /** The word of a code of a family. */
  name: (family: Family, code: string) => string
  /** The codes of a family, in the order of the catalogue. */
  codes: (family: Family) => string[]
  speak: (lang: Lang) => Promise<void>
}

const files = { zh: () => import('./zh'), en: () => import('./en') }

/** Loads one language's words. */
export async function load(lang: Lang): Promise<Loaded> {
  return { lang, ...(await files[lang]()) }
}

const Context = createContext<Words | null>(null)

export function useWords(): Words {
  const words = use(Context)
  if (!words) throw new Error('words are asked for outside of <Speak>')
  return words
}

export function Speak({ first, onChange, children }: { first: Loaded; onChange: () => void; children: ReactNode }) {
  const [loaded, setLoaded] = useState(first)
  useEffect(() => {
    document.documentElement.lang = loaded.lang === 'zh' ? 'zh-CN' : 'en'
  }, [loaded.lang])
  const speak = useCallback(
    async (lang: Lang) => {
      const next = await load(lang)
      language.set(lang)
      setLoaded(next)
      onChange()
    },
    [onChange],
  )
  const value = useMemo<Words>(
    () => ({
      lang: loaded.lang,
      locale: loaded.locale,
      t: (key, params) => text(loaded.words, key, params),
      name: (of, code) => named(loaded.words, of, code),
      codes: (of) => family(loaded.words, of),
      speak,
    }),
    [loaded, speak],
  )
  return <Context value={value}>{children}</Context>
}
