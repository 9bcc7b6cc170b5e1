import locale from 'antd/es/locale/en_US'
import words from '../generated/en.everybody.json'

export { locale, words }
