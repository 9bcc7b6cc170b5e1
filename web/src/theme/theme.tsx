import { LoadingOutlined } from '@ant-design/icons'
import { ConfigProvider, type ThemeConfig, theme as themes } from 'antd'
import { createContext, type ReactNode, use, useEffect, useMemo, useState } from 'react'
import { useWords } from '../words/words'
import { palettes, type Shade } from './palette'
import './theme.css'

/** What a reader chose: colours of their own choice, or what their machine says. */
export type Choice = Shade | 'system'

const store = 'dengpan.theme'
const dark = window.matchMedia('(prefers-color-scheme: dark)')

const Context = createContext<{ choice: Choice; shade: Shade; choose: (c: Choice) => void }>({
  choice: 'system',
  shade: 'light',
  choose: () => undefined,
})

export const useTheme = () => use(Context)

function remembered(): Choice {
  const value = localStorage.getItem(store)
  return value === 'light' || value === 'dark' ? value : 'system'
}

// Text is set in a sans of the reader's machine, headings in a Song face, as in print: nothing is loaded for it.
const sans =
  "-apple-system, 'PingFang SC', 'Noto Sans CJK SC', 'Source Han Sans SC', 'Microsoft YaHei', 'Segoe UI', sans-serif"

function antd(shade: Shade): ThemeConfig {
  const p = palettes[shade]
  return {
    algorithm: shade === 'dark' ? themes.darkAlgorithm : themes.defaultAlgorithm,
    token: {
      colorPrimary: p.slate,
      colorInfo: p.slate,
      colorLink: p.slate,
      colorLinkHover: p.accent,
      colorSuccess: p.good,
      colorWarning: p.warn,
      colorError: p.bad,
      colorTextBase: p.ink,
      colorBgBase: p.sheet,
      colorBgLayout: p.paper,
      colorBgContainer: p.sheet,
      colorBorder: p.line,
      colorBorderSecondary: p.line,
      colorText: p.ink,
      colorTextSecondary: p.quiet,
      colorTextTertiary: p.quiet,
      colorTextDescription: p.quiet,
      colorTextPlaceholder: p.quiet,
      colorTextLightSolid: shade === 'dark' ? p.paper : p.sheet,
      borderRadius: 6,
      fontFamily: sans,
      fontSize: 15,
      controlHeight: 36,
      wireframe: false,
      motion: !window.matchMedia('(prefers-reduced-motion: reduce)').matches,
    },
    components: {
      Button: { primaryShadow: 'none', defaultShadow: 'none' },
      // A box that is empty is nothing but its border, which has to be seen.
      Checkbox: { colorBorder: p.quiet },
      Radio: { colorBorder: p.quiet },
    },
  }
}

/** The nonce that the server gave this page, for the styles that components make as they go. */
const nonce = document.querySelector<HTMLMetaElement>('meta[property=csp-nonce]')?.nonce ?? ''

/**
 * A button keeps its name while it works. The icon has no motion, either: an answer that comes before it has grown would leave it
 * there, waiting for the end of a motion that never began.
 */
const button = { autoInsertSpace: false, loadingIcon: <LoadingOutlined aria-hidden /> }

export function Theme({ children }: { children: ReactNode }) {
  const { locale } = useWords()
  const [choice, setChoice] = useState(remembered)
  const [system, setSystem] = useState<Shade>(dark.matches ? 'dark' : 'light')
  const shade = choice === 'system' ? system : choice
  useEffect(() => {
    const follow = () => setSystem(dark.matches ? 'dark' : 'light')
    dark.addEventListener('change', follow)
    return () => dark.removeEventListener('change', follow)
  }, [])
  useEffect(() => {
    document.documentElement.dataset.theme = shade
    for (const [name, colour] of Object.entries(palettes[shade])) {
      document.documentElement.style.setProperty(`--${name}`, colour)
    }
  }, [shade])
  const value = useMemo(
    () => ({
      choice,
      shade,
      choose: (c: Choice) => {
        if (c === 'system') localStorage.removeItem(store)
        else localStorage.setItem(store, c)
        setChoice(c)
      },
    }),
    [choice, shade],
  )
  const config = useMemo(() => antd(shade), [shade])
  return (
    <Context value={value}>
      <ConfigProvider theme={config} locale={locale} csp={{ nonce }} button={button}>
        {children}
      </ConfigProvider>
    </Context>
  )
}
