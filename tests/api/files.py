"""Files as clients send them."""


def publiccode_yml(url: str, name: str = "Acqua chiara", **replaced: str) -> str:
    """A valid file; `replaced` are texts in it and what to write in their place."""
    text = TEMPLATE.format(url=url, name=name)
    for old, new in replaced.items():
        assert old in text
        text = text.replace(old, new)
    return text


TEMPLATE = """\
publiccodeYmlVersion: "0"
name: {name}
url: {url}
platforms: [web]
categories: [data-visualization]
organisation:
  name: Comune di Valchiara
  uri: https://valchiara.example.org/
developmentStatus: stable
softwareType: standalone/web
description:
  it:
    shortDescription: La qualità dell'acqua potabile, spiegata strada per strada.
    longDescription: >
      Acqua chiara pubblica le analisi dell'acquedotto e dei laghi balneabili in una forma che tutti
      capiscono. Chi digita il proprio indirizzo vede durezza, nitrati e ultimo controllo, e riceve
      un avviso se l'acqua va bollita. I laboratori caricano i risultati da un foglio di calcolo.
    features: [Analisi per indirizzo]
legal:
  license: EUPL-1.2
maintenance:
  type: internal
  contacts:
    - name: Ufficio acque
localisation:
  localisationReady: true
  availableLanguages: [it]
"""
