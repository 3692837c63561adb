// Reads mails with a parser that is not ours: a JSON list of raw mails on standard input, a JSON list of what is in them on standard output.
import PostalMime from "postal-mime";

const chunks = [];
for await (const chunk of process.stdin) chunks.push(chunk);
const mails = JSON.parse(Buffer.concat(chunks).toString("utf8"));
const read = [];
for (const raw of mails) {
  const mail = await PostalMime.parse(raw);
  read.push({
    headers: mail.headers.map(header => header.key),
    from: mail.from?.address,
    to: (mail.to ?? []).map(to => to.address),
    others: [...(mail.cc ?? []), ...(mail.bcc ?? []), ...(mail.replyTo ?? [])].map(other => other.address),
    subject: mail.subject,
    messageId: mail.messageId,
    text: mail.text,
    html: mail.html,
    attachments: mail.attachments.length,
  });
}
process.stdout.write(JSON.stringify(read));
