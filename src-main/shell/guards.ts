/** What no page may do, whatever it shows. */

import type { App, Session } from 'electron'
import type { Log } from '#shared/ports/log.ts'
import { isAppAddress, isLoadable } from './addresses.ts'

/** No camera, no microphone, no location, no device, no notification: the app needs none. */
export function denyPermissions(session: Session): void {
  session.setPermissionRequestHandler((_contents, _permission, answer) => answer(false))
  session.setPermissionCheckHandler(() => false)
  session.setDevicePermissionHandler(() => false)
  session.setDisplayMediaRequestHandler((_request, answer) => answer({}))
  session.on('select-hid-device', (event) => event.preventDefault())
  session.on('select-serial-port', (event) => event.preventDefault())
  session.on('select-usb-device', (event) => event.preventDefault())
}

/** The window loads from the app and nowhere else, whatever its policy would let through. */
export function lockNetwork(session: Session, developmentOrigin: string | null, log: Log): void {
  session.webRequest.onBeforeRequest(({ url, resourceType }, answer) => {
    const cancel = !isLoadable(url, developmentOrigin)
    if (cancel) log.warn('The window wanted something from elsewhere', { resourceType })
    answer({ cancel })
  })
}

/** No page may navigate away or open another. */
export function lockNavigation(app: App, log: Log): void {
  app.on('web-contents-created', (_event, contents) => {
    const stay = (event: { preventDefault(): void; readonly url: string }) => {
      if (isAppAddress(event.url)) return
      event.preventDefault()
      log.warn('A page wanted to lead elsewhere')
    }
    contents.on('will-navigate', stay)
    contents.on('will-frame-navigate', stay)
    contents.on('will-redirect', stay)
    contents.on('will-attach-webview', (event) => event.preventDefault())
    contents.setWindowOpenHandler(() => ({ action: 'deny' }))
  })
}
