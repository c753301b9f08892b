export default {
  title: 'Přihlášení',
  intro: 'Materiály, připomínky a podpisy úřadu na jednom místě.',
  login: 'Přihlašovací jméno',
  password: 'Heslo',
  code: 'Jednorázový kód',
  codeHint: 'Šest číslic z aplikace v telefonu.',
  signIn: 'Přihlásit se',
  badCredentials: 'Jméno nebo heslo nesouhlasí.',
  badCode: 'Kód nesouhlasí nebo už vypršel. Zadejte nový.',
  expired: 'Přihlášení vypršelo. Přihlaste se znovu a vrátíte se tam, kde jste byli.',
  leaveWaiting: {
    one: 'V tomto počítači čeká text k jednomu dokumentu, který ještě není na serveru. Odhlášením se smaže. Odhlásit se?',
    few: 'V tomto počítači čeká text ke {n} dokumentům, který ještě není na serveru. Odhlášením se smaže. Odhlásit se?',
    other: 'V tomto počítači čeká text k {n} dokumentům, který ještě není na serveru. Odhlášením se smaže. Odhlásit se?',
  },
  publicStatus: 'Stav věci podle kódu',
} as const
