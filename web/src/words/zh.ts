import locale from 'antd/es/locale/zh_CN'
import words from '../generated/zh.everybody.json'

export { locale, words }
