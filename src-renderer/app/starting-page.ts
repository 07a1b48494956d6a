import { useEffect } from 'react'
import { useLocation } from 'wouter'
import { pageOf } from './pages.ts'

/** Leads from `/` to Chat and keeps the window's title. */
export function useStartingPage(): void {
  const [path, navigate] = useLocation()
  const page = pageOf(path)
  useEffect(() => {
    if (path === '/' || path === '/index.html') navigate('/chat', { replace: true })
  }, [path, navigate])
  useEffect(() => {
    document.title = page ? `${page.title} · Tallystick` : 'Tallystick'
  }, [page])
}
