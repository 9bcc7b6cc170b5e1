import { Button } from 'antd'
import { Menu } from '../shell/menu'
import { useWords } from '../words/words'
import { Columns } from './columns'

interface Props {
  columns: { key: string; title: string }[]
  shown: string[]
  standing: string[]
  building: boolean
  build: (on: boolean) => void
}

/** The tools of a list: its conditions and its columns. */
export function Tools({ columns, shown, standing, building, build }: Props) {
  const { t } = useWords()
  return (
    <div className="tools-list row">
      <Button aria-expanded={building} onClick={() => build(!building)}>
        {t('web.filter.conditions')}
      </Button>
      <Menu label={t('web.columns.title')} end>
        {() => <Columns columns={columns} shown={shown} standing={standing} />}
      </Menu>
    </div>
  )
}
