/** Hands a text to the browser as a file to save. */
export function downloadText(fileName: string, text: string, mediaType: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: mediaType }))
  const link = document.createElement('a')
  link.href = url
  link.download = fileName
  document.body.append(link)
  link.click()
  link.remove()
  // The download reads the blob after this turn; a minute is plenty.
  setTimeout(() => URL.revokeObjectURL(url), 60_000)
}
