import locale from 'antd/es/locale/zh_CN'
import words from '../generated/zh.json'

export { locale, words }
