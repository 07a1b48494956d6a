// Style sheets and fonts that packages ship without types.
declare module '@fontsource-variable/inter'
