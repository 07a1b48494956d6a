import { useEffect } from 'react'
import { tinykeys } from 'tinykeys'
import { useLocation } from 'wouter'
import { setPaletteOpen, useCommandsStore } from '../state/commands.ts'
import { PAGES } from './pages.ts'

/** Whether what is typed belongs to a text field, where letters are letters. */
function isTyping(event: KeyboardEvent): boolean {
  const target = event.target
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || target.matches('input, textarea, select, [role="combobox"]'))
  )
}

/** Ctrl/⌘-K for the palette; `g` and a letter for the pages. */
export function useShortcuts(): void {
  const [, navigate] = useLocation()
  useEffect(() => {
    const pages = PAGES.map((page) => [
      page.keys,
      (event: KeyboardEvent) => {
        if (!isTyping(event)) navigate(page.path)
      },
    ])
    return tinykeys(window, {
      ...(Object.fromEntries(pages) as Record<string, (event: KeyboardEvent) => void>),
      '$mod+k': (event) => {
        event.preventDefault()
        setPaletteOpen(!useCommandsStore.getState().paletteOpen)
      },
    })
  }, [navigate])
}
