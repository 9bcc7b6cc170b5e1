import { Button } from 'antd'
import type { Schema } from '../../api/client'
import { save } from '../../api/file'
import { Wide } from '../../shell/wide'
import { useWords } from '../../words/words'

type Row = Schema['BulkRowView']

const tones: Record<Row['outcome'], string> = { found: 'good', not_found: 'bad', refused: 'warn' }

/** The answer to each row. */
export function Answers({ of }: { of: Schema['BulkCheckOutputBody'] }) {
  const { t } = useWords()
  const xlsx = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'
  const report = () => {
    const bytes = Uint8Array.from(atob(of.report), (c) => c.charCodeAt(0))
    save(new Blob([bytes], { type: xlsx }), 'dengpan-checked.xlsx')
  }
  return (
    <section className="sheet stack" id="answers" aria-labelledby="answers-title">
      <div className="row apart">
        <h2 id="answers-title">{t('web.checks.answers')}</h2>
        <Button type="primary" onClick={report}>
          {t('web.checks.report')}
        </Button>
      </div>
      <p role="status">{t('web.checks.counts', { asked: of.asked, found: of.found, refused: of.refused })}</p>
      <Wide>
        <table aria-labelledby="answers-title">
          <thead>
            <tr>
              <th scope="col">{t('web.workbooks.row')}</th>
              <th scope="col">{t('web.workbooks.outcome')}</th>
              <th scope="col">{t('web.checks.certificate')}</th>
              <th scope="col">{t('web.checks.status')}</th>
            </tr>
          </thead>
          <tbody>
            {of.rows.map((row) => (
              <tr key={row.row}>
                <td>{row.row}</td>
                <td>
                  <span className={`mark ${tones[row.outcome]}`}>{row.outcome_name}</span>
                </td>
                <td>
                  {row.certificate && <Certificate of={row.certificate} />}
                  {row.faults.map((f) => (
                    <div key={f.column}>
                      <strong>{f.column_name}</strong> {f.message}
                    </div>
                  ))}
                </td>
                <td>{row.certificate && <Standing of={row.certificate} />}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Wide>
    </section>
  )
}

function Certificate({ of }: { of: Schema['VerifiedCertificate'] }) {
  return (
    <>
      {of.name} <span className="mono nowrap">{of.number}</span>
      <div className="small quiet">{[of.issuer, of.occupation, of.course, of.level].filter(Boolean).join(' · ')}</div>
    </>
  )
}

/** What has become of a certificate, and what speaks against it. */
function Standing({ of }: { of: Schema['VerifiedCertificate'] }) {
  const { t } = useWords()
  return (
    <>
      <span className={`mark ${of.status === 'valid' ? 'good' : of.status === 'revoked' ? 'bad' : 'warn'}`}>
        {of.status_name}
      </span>
      <div className="small quiet">{[of.since, of.reason_name, of.superseded_by].filter(Boolean).join(' · ')}</div>
      {!of.issuer_listed.listed && <div className="small">{t('web.checks.not_listed')}</div>}
      {!of.intact && <div className="small">{t('web.checks.changed')}</div>}
    </>
  )
}
