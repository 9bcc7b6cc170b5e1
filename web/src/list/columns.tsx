import { Checkbox } from 'antd'
import { useWords } from '../words/words'
import { useChange } from './page'

interface Props {
  columns: { key: string; title: string }[]
  shown: string[]
  standing: string[]
}

/** Which columns a list shows. The first is what its rows are called, and stays. */
export function Columns({ columns, shown, standing }: Props) {
  const { t } = useWords()
  const change = useChange()
  const [, ...others] = columns
  const choose = (key: string, on: boolean) => {
    const next = others.map((c) => c.key).filter((k) => (k === key ? on : shown.includes(k)))
    const usual = others.map((c) => c.key).filter((k) => standing.includes(k))
    // Nothing but the first is said by its name.
    const said = next.length > 0 ? next.join(',') : (columns[0]?.key ?? '')
    change({ columns: next.join() === usual.join() ? undefined : said })
  }
  return (
    <fieldset className="plain stack tight columns-choice">
      <legend className="visually-hidden">{t('web.columns.title')}</legend>
      {others.map((c) => (
        <Checkbox key={c.key} checked={shown.includes(c.key)} onChange={(e) => choose(c.key, e.target.checked)}>
          {c.title}
        </Checkbox>
      ))}
    </fieldset>
  )
}
