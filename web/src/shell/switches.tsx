import { MoonOutlined, SunOutlined } from '@ant-design/icons'
import { useTheme } from '../theme/theme'
import { useWords } from '../words/words'

/** The other language, in its own words. */
export function LanguageSwitch() {
  const { lang, speak } = useWords()
  const other = lang === 'zh' ? 'en' : 'zh'
  return (
    <button type="button" className="tool" lang={other === 'zh' ? 'zh-CN' : 'en'} onClick={() => void speak(other)}>
      {other === 'zh' ? '中文' : 'English'}
    </button>
  )
}

export function ThemeSwitch() {
  const { t } = useWords()
  const { shade, choose } = useTheme()
  const other = shade === 'dark' ? 'light' : 'dark'
  return (
    <button type="button" className="tool" onClick={() => choose(other)} aria-label={t(`web.frame.${other}`)}>
      {other === 'dark' ? <MoonOutlined aria-hidden /> : <SunOutlined aria-hidden />}
    </button>
  )
}
