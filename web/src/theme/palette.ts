// The one place where colours are decided. Paper, slate, and one warm accent: the colour of a seal, for what is now.

export type Shade = 'light' | 'dark'

interface Palette {
  paper: string // what everything lies on
  sheet: string // what lies on it
  ink: string
  quiet: string // words of the second rank; still 4.5:1 on paper and sheet
  line: string
  slate: string // what can be pressed
  accent: string // what is now
  good: string
  warn: string
  bad: string
}

export const palettes: Record<Shade, Palette> = {
  light: {
    paper: '#f5f1e8',
    sheet: '#fffdf9',
    ink: '#22303c',
    quiet: '#5b6770',
    line: '#ddd5c4',
    slate: '#34495c',
    accent: '#a8431f',
    good: '#35664a',
    warn: '#83570a',
    bad: '#a12a22',
  },
  dark: {
    paper: '#14191e',
    sheet: '#1c232a',
    ink: '#e9e3d6',
    quiet: '#a5afb8',
    line: '#364450',
    slate: '#9fb8cc',
    accent: '#ec9468',
    good: '#86c09c',
    warn: '#dcb160',
    bad: '#f0978c',
  },
}
