/**
 * Guarantees of the verbs: each of every language's lexicon is read as an order in the forms that orders have, to one
 * familiar, to one not, and as what is asked of somebody politely. The forms are written out here and not made by the
 * lexicon's own rules, so that a verb which a rule forgets, or a list, is missed.
 */
import { describe, expect, it } from 'vitest';
import { DEFAULT_LEXICON, digestResult } from '../index.ts';
import { words } from './compile.ts';
import { ENGLISH } from './english.ts';

const asked = (text: string) =>
  digestResult(text, DEFAULT_LEXICON)
    .passages.filter(({ kind }) => kind === 'imperative')
    .flatMap(({ actions }) => actions);

interface Forms {
  /** The form that a polite question has first, then the orders; a verb with what it is read as in each, `;` after each. */
  readonly verbs: string;
  readonly asks: readonly ((form: string) => string)[];
  readonly orders: readonly ((form: string) => string)[];
  /** Words that are an ordinary English one too, or first of all a noun (docs/reference-detection.md). */
  readonly spared: string;
}

/** What German parts from its verb in an order: "Fügen Sie … hinzu". */
const PREFIX = /^(anzu|an(?!tw|n)|aus|weg|um|ein|auf|frei|hinzu|ab|weiter|hoch|zu)/;

const capital = (word: string) => `${word.slice(0, 1).toUpperCase()}${word.slice(1)}`;

/** Of English verbs that double their last letter. */
const DOUBLED = new Set(words('submit set get run drop transfer shred ban scan plan stop'));
const gerundOf = (verb: string) => {
  if (DOUBLED.has(verb)) return `${verb}${verb.slice(-1)}ing`;
  return /[^e]e$/.test(verb) ? `${verb.slice(0, -1)}ing` : `${verb}ing`;
};

const FORMS: Readonly<Record<string, Forms>> = {
  fr: {
    verbs:
      'envoyer envoie envoyez;renvoyer renvoie renvoyez;expédier expédie expédiez;transmettre transmets transmettez;transférer transfère transférez;communiquer communique communiquez;notifier notifie notifiez;informer informe informez;répondre réponds répondez;écrire écris écrivez;prévenir préviens prévenez;acheminer achemine acheminez;remettre remets remettez;adresser adresse adressez;virer vire virez;payer paie payez;payer paye payez;régler règle réglez;verser verse versez;acheter achète achetez;rembourser rembourse remboursez;créditer crédite créditez;dépenser dépense dépensez;déposer dépose déposez;acquitter acquitte acquittez;créer crée créez;générer génère générez;faire fais faites;rédiger rédige rédigez;ouvrir ouvre ouvrez;enregistrer enregistre enregistrez;installer installe installez;exécuter exécute exécutez;télécharger télécharge téléchargez;préparer prépare préparez;supprimer supprime supprimez;effacer efface effacez;retirer retire retirez;enlever enlève enlevez;vider vide videz;détruire détruis détruisez;expulser expulse expulsez;éliminer élimine éliminez;changer change changez;modifier modifie modifiez;mettre mets mettez;remplacer remplace remplacez;corriger corrige corrigez;déplacer déplace déplacez;renommer renomme renommez;actualiser actualise actualisez;augmenter augmente augmentez;réduire réduis réduisez;activer active activez;désactiver désactive désactivez;rediriger redirige redirigez;réinitialiser réinitialise réinitialisez;configurer configure configurez;réserver réserve réservez;louer loue louez;commander commande commandez;inviter invite invitez;ajouter ajoute ajoutez;inscrire inscris inscrivez;partager partage partagez;donner donne donnez;exporter exporte exportez;copier copie copiez;fournir fournis fournissez;divulguer divulgue divulguez;téléverser téléverse téléversez;accorder accorde accordez;publier publie publiez;annoncer annonce annoncez;poster poste postez;diffuser diffuse diffusez;insérer insère insérez;inclure inclus incluez;joindre joins joignez;annexer annexe annexez;planifier planifie planifiez;programmer programme programmez;organiser organise organisez;reporter reporte reportez;rappeler rappelle rappelez;fixer fixe fixez;prévoir prévois prévoyez;annuler annule annulez;résilier résilie résiliez;révoquer révoque révoquez;arrêter arrête arrêtez;interrompre interromps interrompez;lire lis lisez;trouver trouve trouvez;chercher cherche cherchez;consulter consulte consultez;vérifier vérifie vérifiez;afficher affiche affichez;récupérer récupère récupérez',
    asks: [
      (form) => `Merci de ${form} la liste à eva@port.example.`,
      (form) => `Veuillez ${form} la liste à eva@port.example.`,
    ],
    orders: [(form) => `${capital(form)} la liste à eva@port.example.`],
    spared: 'active adresse commande reporte',
  },
  es: {
    verbs:
      'enviar envía envíe envíen;mandar manda mande manden;reenviar reenvía reenvíe reenvíen;remitir remite remita remitan;pasar pasa pase pasen;trasladar traslada traslade trasladen;escribir escribe escriba escriban;responder responde responda respondan;notificar notifica notifique notifiquen;avisar avisa avise avisen;informar informa informe informen;comunicar comunica comunique comuniquen;transmitir transmite transmita transmitan;pagar paga pague paguen;transferir transfiere transfiera transfieran;abonar abona abone abonen;depositar deposita deposite depositen;ingresar ingresa ingrese ingresen;comprar compra compre compren;girar gira gire giren;liquidar liquida liquide liquiden;reembolsar reembolsa reembolse reembolsen;donar dona done donen;crear crea cree creen;generar genera genere generen;hacer haz haga hagan;redactar redacta redacte redacten;abrir abre abra abran;registrar registra registre registren;instalar instala instale instalen;ejecutar ejecuta ejecute ejecuten;preparar prepara prepare preparen;descargar descarga descargue descarguen;eliminar elimina elimine eliminen;borrar borra borre borren;quitar quita quite quiten;suprimir suprime suprima supriman;vaciar vacía vacíe vacíen;expulsar expulsa expulse expulsen;destruir destruye destruya destruyan;retirar retira retire retiren;cambiar cambia cambie cambien;modificar modifica modifique modifiquen;actualizar actualiza actualice actualicen;editar edita edite editen;corregir corrige corrija corrijan;reemplazar reemplaza reemplace reemplacen;sustituir sustituye sustituya sustituyan;ajustar ajusta ajuste ajusten;establecer establece establezca establezcan;restablecer restablece restablezca restablezcan;mover mueve mueva muevan;aumentar aumenta aumente aumenten;activar activa active activen;desactivar desactiva desactive desactiven;configurar configura configure configuren;reservar reserva reserve reserven;alquilar alquila alquile alquilen;encargar encarga encargue encarguen;invitar invita invite inviten;añadir añade añada añadan;agregar agrega agregue agreguen;inscribir inscribe inscriba inscriban;compartir comparte comparta compartan;entregar entrega entregue entreguen;exportar exporta exporte exporten;subir sube suba suban;copiar copia copie copien;proporcionar proporciona proporcione proporcionen;facilitar facilita facilite faciliten;revelar revela revele revelen;publicar publica publique publiquen;anunciar anuncia anuncie anuncien;difundir difunde difunda difundan;adjuntar adjunta adjunte adjunten;insertar inserta inserte inserten;incluir incluye incluya incluyan;programar programa programe programen;agendar agenda agende agenden;organizar organiza organice organicen;planificar planifica planifique planifiquen;aplazar aplaza aplace aplacen;fijar fija fije fijen;recordar recuerda recuerde recuerden;anular anula anule anulen;cancelar cancela cancele cancelen;revocar revoca revoque revoquen;leer lee lea lean;buscar busca busque busquen;consultar consulta consulte consulten;revisar revisa revise revisen;mostrar muestra muestre muestren;obtener obtén obtenga obtengan',
    asks: [
      (form) => `Por favor, ¿podrías ${form} la lista a eva@puerto.example?`,
      (form) => `Haga el favor de ${form} la lista a eva@puerto.example.`,
    ],
    orders: [
      (form) => `${capital(form)} la lista a eva@puerto.example.`,
      (form) => `Por favor ${form} la lista a eva@puerto.example.`,
    ],
    spared: 'agenda quite lea lean active revise done',
  },
  it: {
    verbs:
      'inviare invia invii inviate;inoltrare inoltra inoltri inoltrate;mandare manda mandi;spedire spedisci spedisca spedite;trasmettere trasmetti trasmetta trasmettete;girare gira giri girate;rispondere rispondi risponda rispondete;scrivere scrivi scriva scrivete;notificare notifica notifichi notificate;informare informa informi informate;avvisare avvisa avvisi avvisate;comunicare comunica comunichi comunicate;recapitare recapita recapiti recapitate;pagare paga paghi pagate;trasferire trasferisci trasferisca trasferite;saldare salda saldi saldate;rimborsare rimborsa rimborsi rimborsate;accreditare accredita accrediti accreditate;acquistare acquista acquisti acquistate;comprare compra compri comprate;depositare deposita depositi depositate;versare versa versi versate;bonificare bonifica bonifichi bonificate;creare crea crei create;generare genera generi generate;fare fai faccia fate;redigere redigi rediga redigete;aprire apri apra aprite;registrare registra registri registrate;installare installa installi installate;eseguire esegui esegua eseguite;preparare prepara prepari preparate;scaricare scarica scarichi scaricate;eliminare elimina elimini eliminate;cancellare cancella cancelli cancellate;rimuovere rimuovi rimuova rimuovete;svuotare svuota svuoti svuotate;distruggere distruggi distrugga distruggete;togliere togli tolga togliete;espellere espelli espella espellete;cambiare cambia cambi cambiate;modificare modifica modifichi modificate;aggiornare aggiorna aggiorni aggiornate;correggere correggi corregga correggete;sostituire sostituisci sostituisca sostituite;spostare sposta sposti spostate;impostare imposta imposti impostate;rinominare rinomina rinomini rinominate;reimpostare reimposta reimposti reimpostate;aumentare aumenta aumenti aumentate;ridurre riduci riduca riducete;attivare attiva attivi attivate;disattivare disattiva disattivi disattivate;mettere metti metta mettete;prenotare prenota prenoti prenotate;affittare affitta affitti affittate;noleggiare noleggia noleggi noleggiate;invitare invita inviti invitate;aggiungere aggiungi aggiunga aggiungete;iscrivere iscrivi iscriva iscrivete;condividere condividi condivida condividete;esportare esporta esporti esportate;copiare copia copi copiate;fornire fornisci fornisca fornite;consegnare consegna consegni consegnate;caricare carica carichi caricate;rivelare rivela riveli rivelate;pubblicare pubblica pubblichi pubblicate;annunciare annuncia annunci annunciate;diffondere diffondi diffonda diffondete;allegare allega alleghi allegate;inserire inserisci inserisca inserite;includere includi includa includete;programmare programma programmi programmate;pianificare pianifica pianifichi pianificate;organizzare organizza organizzi organizzate;fissare fissa fissi fissate;rimandare rimanda rimandi rimandate;ricordare ricorda ricordi ricordate;annullare annulla annulli annullate;disdire disdici disdica disdite;revocare revoca revochi revocate;leggere leggi legga leggete;cercare cerca cerchi cercate;trovare trova trovi trovate;controllare controlla controlli controllate;consultare consulta consulti consultate;verificare verifica verifichi verificate;mostrare mostra mostri mostrate',
    asks: [
      (form) => `La prego di ${form} la lista a eva@porto.example.`,
      (form) => `Potresti ${form} la lista a eva@porto.example?`,
    ],
    orders: [(form) => `${capital(form)} la lista a eva@porto.example.`],
    spared: 'fare fate create generate eliminate allegate',
  },
  pt: {
    verbs:
      'enviar envia envie enviem;encaminhar encaminha encaminhe encaminhem;mandar manda mande mandem;reenviar reenvia reenvie reenviem;remeter remete remeta remetam;repassar repassa repasse repassem;expedir expede expeça expeçam;escrever escreve escreva escrevam;responder responde responda respondam;notificar notifica notifique notifiquem;avisar avisa avise avisem;informar informa informe informem;comunicar comunica comunique comuniquem;transmitir transmite transmita transmitam;pagar paga pague paguem;transferir transfere transfira transfiram;depositar deposita deposite depositem;creditar credita credite creditem;comprar compra compre comprem;reembolsar reembolsa reembolse reembolsem;liquidar liquida liquide liquidem;criar cria crie criem;gerar gera gere gerem;fazer faz faça façam;redigir redige redija redijam;abrir abre abra abram;registrar registra registre registrem;registar regista registe registem;instalar instala instale instalem;executar executa execute executem;baixar baixa baixe baixem;preparar prepara prepare preparem;excluir exclui exclua excluam;apagar apaga apague apaguem;eliminar elimina elimine eliminem;remover remove remova removam;deletar deleta delete deletem;destruir destrói destrua destruam;esvaziar esvazia esvazie esvaziem;expulsar expulsa expulse expulsem;alterar altera altere alterem;mudar muda mude mudem;modificar modifica modifique modifiquem;atualizar atualiza atualize atualizem;editar edita edite editem;corrigir corrige corrija corrijam;substituir substitui substitua substituam;ajustar ajusta ajuste ajustem;mover move mova movam;aumentar aumenta aumente aumentem;reduzir reduz reduza reduzam;ativar ativa ative ativem;desativar desativa desative desativem;configurar configura configure configurem;trocar troca troque troquem;reservar reserva reserve reservem;alugar aluga alugue aluguem;encomendar encomenda encomende encomendem;convidar convida convide convidem;adicionar adiciona adicione adicionem;acrescentar acrescenta acrescente acrescentem;inscrever inscreve inscreva inscrevam;compartilhar compartilha compartilhe compartilhem;partilhar partilha partilhe partilhem;entregar entrega entregue entreguem;exportar exporta exporte exportem;copiar copia copie copiem;fornecer fornece forneça forneçam;revelar revela revele revelem;divulgar divulga divulgue divulguem;publicar publica publique publiquem;postar posta poste postem;anunciar anuncia anuncie anunciem;anexar anexa anexe anexem;inserir insere insira insiram;incluir inclui inclua incluam;agendar agenda agende agendem;marcar marca marque marquem;organizar organiza organize organizem;planejar planeja planeje planejem;planear planeia planeie planeiem;adiar adia adie adiem;lembrar lembra lembre lembrem;cancelar cancela cancele cancelem;anular anula anule anulem;revogar revoga revogue revoguem;ler lê leia leiam;buscar busca busque busquem;procurar procura procure procurem;consultar consulta consulte consultem;verificar verifica verifique verifiquem;mostrar mostra mostre mostrem',
    asks: [
      (form) => `Poderia ${form} a lista para eva@cais.example?`,
      (form) => `Faça o favor de ${form} a lista para eva@cais.example.`,
    ],
    orders: [
      (form) => `${capital(form)} a lista para eva@cais.example.`,
      (form) => `Por favor, ${form} a lista para eva@cais.example.`,
    ],
    spared: 'agenda totem',
  },
  nl: {
    verbs:
      'sturen stuur;versturen verstuur;doorsturen stuur;toesturen stuur;opsturen stuur;zenden zend;verzenden verzend;mailen mail;beantwoorden beantwoord;schrijven schrijf;informeren informeer;verwittigen verwittig;bezorgen bezorg;betalen betaal;overmaken;overboeken;voldoen voldoe;vergoeden vergoed;kopen koop;storten stort;schenken schenk;maken maak;creëren creëer;genereren genereer;opstellen stel;opslaan;installeren installeer;registreren registreer;uitvoeren voer;aanmaken;verwijderen verwijder;wissen wis;vernietigen vernietig;legen leeg;weggooien gooi;schrappen schrap;wijzigen wijzig;veranderen verander;bewerken bewerk;vervangen vervang;bijwerken werk;aanpassen pas;verplaatsen verplaats;verhogen verhoog;verlagen verlaag;corrigeren corrigeer;hernoemen hernoem;instellen stel;zetten zet;reserveren reserveer;boeken boek;huren huur;bestellen bestel;uitnodigen nodig;toevoegen voeg;delen deel;geven geef;overhandigen overhandig;exporteren exporteer;kopiëren kopieer;uploaden upload;verstrekken verstrek;onthullen onthul;plaatsen plaats;publiceren publiceer;aankondigen kondig;bijvoegen voeg;invoegen voeg;plannen;inplannen;verzetten verzet;organiseren organiseer;herinneren herinner;annuleren annuleer;opzeggen zeg;herroepen herroep;stoppen;lezen lees;zoeken zoek;vinden vind;bekijken bekijk;controleren controleer;ophalen haal;openen',
    asks: [
      (form) => `Gelieve de lijst aan eva@haven.example te ${form}.`,
      (form) => `Kunt u de lijst alstublieft ${form}: eva@haven.example?`,
    ],
    orders: [(form) => `${capital(form)} de lijst aan, bij en uit: eva@haven.example.`],
    spared: '',
  },
  ru: {
    verbs:
      'отправить отправь отправьте;отправлять отправляй отправляйте;переслать перешли перешлите;выслать вышли вышлите;прислать пришли пришлите;направить направь направьте;передать передай передайте;сообщить сообщи сообщите;ответить ответь ответьте;написать напиши напишите;перевести переведи переведите;оплатить оплати оплатите;заплатить заплати заплатите;перечислить перечисли перечислите;внести внеси внесите;купить купи купите;вернуть верни верните;создать создай создайте;сделать сделай сделайте;открыть открой откройте;сохранить сохрани сохраните;установить установи установите;запустить запусти запустите;удалить удали удалите;стереть сотри сотрите;убрать убери уберите;очистить очисти очистите;уничтожить уничтожь уничтожьте;изменить измени измените;обновить обнови обновите;заменить замени замените;исправить исправь исправьте;сменить смени смените;переместить перемести переместите;сбросить сбрось сбросьте;забронировать забронируй забронируйте;заказать закажи закажите;арендовать арендуй арендуйте;пригласить пригласи пригласите;добавить добавь добавьте;поделиться поделись поделитесь;предоставить предоставь предоставьте;дать дай дайте;загрузить загрузи загрузите;скопировать скопируй скопируйте;выгрузить выгрузи выгрузите;опубликовать опубликуй опубликуйте;разместить размести разместите;объявить объяви объявите;приложить приложи приложите;вставить вставь вставьте;прикрепить прикрепи прикрепите;запланировать запланируй запланируйте;назначить назначь назначьте;перенести перенеси перенесите;напомнить напомни напомните;отменить отмени отмените;аннулировать аннулируй аннулируйте;отозвать отзови отзовите;прочитать прочитай прочитайте;найти найди найдите;проверить проверь проверьте;показать покажи покажите',
    asks: [
      (form) => `Пожалуйста, ${form} список на eva@gavan.example.`,
      (form) => `Прошу ${form} список на eva@gavan.example.`,
    ],
    orders: [(form) => `${capital(form)} список на eva@gavan.example.`],
    spared: '',
  },
  de: {
    verbs:
      'senden sende;schicken schicke schick;verschicken verschicke;versenden versende;übersenden übersende;übermitteln übermittle;mailen maile;weiterleiten leite weiterleite;antworten antworte;schreiben schreibe schreib;informieren informiere;benachrichtigen benachrichtige;melden melde;zusenden;zuschicken;übertragen übertrage;verständigen verständige;überweisen überweise überweis;bezahlen bezahle;zahlen zahle;begleichen begleiche;erstatten erstatte;spenden spende;kaufen kaufe;transferieren transferiere transferier;hinterlegen hinterlege;vergüten vergüte;erstellen erstelle;erzeugen erzeuge;anlegen lege;machen mache mach;verfassen verfasse;generieren generiere;eröffnen eröffne;speichern speichere;starten starte;installieren installiere;ausführen führe;registrieren registriere;entwerfen entwerfe entwirf;bauen baue;schaffen schaffe;löschen lösche lösch;entfernen entferne;vernichten vernichte;tilgen tilge;leeren leere;verwerfen verwerfe verwirf;wegwerfen wirf;beseitigen beseitige;ändern ändere;aktualisieren aktualisiere;ersetzen ersetze;setzen setze;bearbeiten bearbeite;anpassen passe;korrigieren korrigiere;verschieben verschiebe;aktivieren aktiviere;deaktivieren deaktiviere;umstellen stelle;erhöhen erhöhe;senken senke;umbenennen benenne;tauschen tausche;umwandeln wandle;reservieren reserviere;buchen buche buch;mieten miete;bestellen bestelle;sichern sichere;einladen lade lad;aufnehmen nimm;ergänzen ergänze;anmelden melde;teilen teile;geben gib gebe;freigeben gib;übergeben übergib übergebe;verraten verrate;nennen nenne;exportieren exportiere;kopieren kopiere;hochladen lade;posten poste;veröffentlichen veröffentliche;verkünden verkünde;publizieren publiziere;bewerben bewirb;hinzufügen füge;anhängen hänge;eintragen trage;vereinbaren vereinbare;terminieren terminiere;organisieren organisiere;verlegen verlege;erinnern erinnere;stornieren storniere;kündigen kündige;widerrufen widerrufe;beenden beende;stoppen stoppe;annullieren annulliere;absagen sage;lesen lese lies;holen hole hol;finden finde;suchen suche;prüfen prüfe;öffnen öffne;besuchen besuche;zeigen zeige;anschauen schau;aufrufen rufe;ansehen sieh',
    asks: [
      (form) => `Bitte die Liste an eva@hafen.example ${form}.`,
      (form) => `Könnten Sie eva@hafen.example die Liste ${form}?`,
      (form) => `${capital(form.replace(PREFIX, ''))} Sie die Liste an eva@hafen.example.`,
    ],
    orders: [(form) => `${capital(form)} die Liste an eva@hafen.example.`],
    spared: 'lies',
  },
  en: {
    verbs: Object.values(ENGLISH.verbs)
      .flatMap(words)
      .map((verb) => `${gerundOf(verb)} ${verb}`)
      .join(';'),
    asks: [(form) => `Would you mind ${form} the list to eva@port.example?`],
    orders: [
      (form) => `${capital(form)} the list to eva@port.example.`,
      (form) => `Please ${form} the list to eva@port.example.`,
      (form) => `You must ${form} the list to eva@port.example.`,
    ],
    spared: '',
  },
};

describe.each(DEFAULT_LEXICON.languages.map((language) => [language.code, language] as const))(
  'verbs of %s',
  (code, { verbs }) => {
    const forms = FORMS[code];
    if (forms === undefined) throw new Error(`the forms of ${code} stand nowhere`);
    const { asks, orders, spared } = forms;
    const rows = forms.verbs.split(';').map(words);
    const leftOut = new Set(words(spared));
    const groupsOf = (row: readonly string[]) =>
      Object.entries(verbs).filter(([, list]) => row.some((form) => words(list).includes(form)));

    it('stand here, each', () => {
      const here = new Set(rows.flat());
      const all = Object.values(verbs).flatMap(words);
      // With a pronoun on it, or asked not to: no form of its own.
      const isMore = (verb: string) =>
        (code === 'es' && /(le|les|lo|los|se)$/.test(verb)) || /^(hag|transfie?r)as$/.test(verb);
      expect(all.filter((verb) => !here.has(verb) && !isMore(verb))).toEqual([]);
    });

    it('are read in each form', () => {
      const missed = rows.flatMap((row) => {
        const groups = groupsOf(row).map(([group]) => group);
        const [infinitive = '', ...orderForms] = row;
        const texts = [
          ...(infinitive === '' ? [] : asks.map((ask) => [infinitive, ask(infinitive)] as const)),
          ...orderForms.flatMap((form) => orders.map((order) => [form, order(form)] as const)),
        ].filter(([form]) => !leftOut.has(form));
        const isRead = (text: string) => {
          const actions: readonly string[] = asked(text);
          return groups.length > 0 && groups.some((group) => actions.includes(group));
        };
        return texts.filter(([, text]) => !isRead(text)).map(([, text]) => text);
      });
      expect(missed).toEqual([]);
    });
  },
);
