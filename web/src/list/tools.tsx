import { Button } from 'antd'
import { Menu } from '../shell/menu'
import { useWords } from '../words/words'
import { Columns } from './columns'
import { Exporting } from './exporting'
import { type Said, Views } from './views'

interface Props {
  /** Whose views are kept under this name; missing: none are. */
  list: string | undefined
  search: Said
  /** What the list is called where it is had as a file. */
  file: string
  whole: string
  sort: string
  /** Missing: the list has no columns to choose among. */
  columns?: { key: string; title: string; inFile?: string[] }[]
  shown?: string[]
  standing?: string[]
  building: boolean
  build: (on: boolean) => void
}

/** The tools of a list: its conditions, its views, its columns, and the whole of it as a file. */
export function Tools({
  list,
  search,
  file,
  whole,
  sort,
  columns = [],
  shown = [],
  standing = shown,
  building,
  build,
}: Props) {
  const { t } = useWords()
  const inFile = columns.filter((c, n) => n === 0 || shown.includes(c.key)).flatMap((c) => c.inFile ?? [c.key])
  // As nobody chose, the file has all that it can have.
  const chosen = shown === standing ? undefined : inFile.join(',')
  return (
    <div className="tools-list row">
      <Button aria-expanded={building} onClick={() => build(!building)}>
        {t('web.filter.conditions')}
      </Button>
      {list && <Views list={list} search={search} />}
      {columns.length > 0 && (
        <Menu label={t('web.columns.title')} end>
          {() => <Columns columns={columns} shown={shown} standing={standing} />}
        </Menu>
      )}
      <Menu label={t('web.export.title')} end>
        {(close) => <Exporting list={file} filter={whole} sort={sort} columns={chosen} close={close} />}
      </Menu>
    </div>
  )
}
