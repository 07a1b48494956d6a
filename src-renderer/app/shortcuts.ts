import { useEffect } from 'react'
import { tinykeys } from 'tinykeys'
import { useLocation } from 'wouter'
import { setPaletteOpen, usePaletteStore } from '../state/palette-store.ts'
import { PAGES } from './pages.ts'

/** Ctrl/⌘-K for the palette, anywhere; `g` and a letter for the pages, outside text fields. */
export function useShortcuts(): void {
  const [, navigate] = useLocation()
  useEffect(
    () =>
      tinykeys(
        window,
        Object.fromEntries(PAGES.map((page) => [page.keys, () => navigate(page.path)])),
      ),
    [navigate],
  )
  useEffect(() => {
    const palette = (event: KeyboardEvent) => {
      event.preventDefault()
      setPaletteOpen(!usePaletteStore.getState().open)
    }
    return tinykeys(window, { '$mod+k': palette }, { ignore: () => false })
  }, [])
}
