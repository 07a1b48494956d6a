import { Menu } from 'electron'
import type { MenuItemConstructorOptions } from 'electron'

/** The usual menu. Developer tools only while developing. */
export function setMenu(developing: boolean): void {
  const view: MenuItemConstructorOptions[] = [
    { role: 'reload' },
    ...(developing ? [{ role: 'toggleDevTools' } as const] : []),
    { type: 'separator' },
    { role: 'resetZoom' },
    { role: 'zoomIn' },
    { role: 'zoomOut' },
    { type: 'separator' },
    { role: 'togglefullscreen' },
  ]
  const menu: MenuItemConstructorOptions[] = [
    ...(process.platform === 'darwin'
      ? [{ role: 'appMenu' } as const]
      : [{ role: 'fileMenu' } as const]),
    { role: 'editMenu' },
    { label: 'View', submenu: view },
    { role: 'windowMenu' },
  ]
  Menu.setApplicationMenu(Menu.buildFromTemplate(menu))
}
