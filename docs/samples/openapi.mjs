// 实名制数据接口样例：Node.js 18 及以上，只用自带模块。
//
//     OPENAPI_SECRET=（领取的密钥） node openapi.mjs
//
// 依次上传企业、项目、班组、工人、进场、考勤，查询每一次的处理结果，打印检查发现的问题。
// 密钥只从环境变量读取：不要写进源代码，不要放进版本库，不要打印。
import { createCipheriv, createHash, createHmac, randomBytes } from "node:crypto";

const GATEWAY = "{{gateway}}";
const KEY_ID = "{{keyId}}";
const PROFILE = "{{profile}}"; // 与密钥页面的“签名方式”一致：national-1.2.1 或 hmac-1
const SECRET = process.env.OPENAPI_SECRET ?? "";

const sha256 = (text) => createHash("sha256").update(text, "utf8").digest("hex");

// 北京时间，yyyy-MM-dd HH:mm:ss。OPENAPI_TIME（yyyyMMddHHmmss）只用于对着模拟时钟的平台演练。
function now() {
  const given = process.env.OPENAPI_TIME;
  if (given) return given.replace(/^(....)(..)(..)(..)(..)(..)$/, "$1-$2-$3 $4:$5:$6");
  return new Date(Date.now() + 8 * 3600 * 1000).toISOString().slice(0, 19).replace("T", " ");
}

const timestamp = () => now().replace(/\D/g, "");

// ---- 签名 ----

// 全国平台 OpenAPI：参数按名称排序，拼上 appsecret，整体（连同密钥）转小写，再取 SHA-256。
function national(method, data) {
  const parameters = { appid: KEY_ID, data, format: "json", method, nonce: randomBytes(16).toString("hex"), timestamp: timestamp(), version: "1.0" };
  const text = Object.keys(parameters).sort().map((name) => `${name}=${parameters[name]}`).join("&") + `&appsecret=${SECRET}`;
  parameters.sign = sha256(text.toLowerCase());
  return { body: new URLSearchParams(parameters).toString(), headers: { "Content-Type": "application/x-www-form-urlencoded" } };
}

// 本平台接口：正文就是报文，签名和其余参数在请求头；每项一行，区分大小写，取 HMAC-SHA256。
function hmac1(method, data) {
  const [time, nonce] = [timestamp(), randomBytes(16).toString("hex")];
  const text = ["WFE1", "POST", new URL(GATEWAY).pathname, KEY_ID, method, time, nonce, sha256(data)].join("\n");
  return {
    body: data,
    headers: {
      "Content-Type": "application/json", "X-Key-Id": KEY_ID, "X-Method": method, "X-Timestamp": time, "X-Nonce": nonce,
      "X-Signature": createHmac("sha256", SECRET).update(text, "utf8").digest("hex"),
    },
  };
}

// 个人信息加密：AES-256-CBC，PKCS7 填充，密钥为 appsecret，IV 为其前 16 位，Base64。
function encrypt(plain) {
  const cipher = createCipheriv("aes-256-cbc", Buffer.from(SECRET), Buffer.from(SECRET.slice(0, 16)));
  return cipher.update(plain, "utf8", "base64") + cipher.final("base64");
}

// ---- 发送、查询结果 ----

async function send(method, message) {
  // 签名和发送用同一段文字：签名之后不要再重新排版。
  const { body, headers } = (PROFILE === "hmac-1" ? hmac1 : national)(method, JSON.stringify(message));
  const response = await fetch(GATEWAY, { method: "POST", body, headers, signal: AbortSignal.timeout(30_000) });
  const answer = await response.json();
  if (answer.code !== "0") throw new Error(`${method} 被拒绝：${answer.code} ${answer.message}`);
  return answer.data;
}

// 上传并等到处理结束；返回平台给出的编号（项目编码、班组编号），没有编号的返回说明。
async function upload(method, message) {
  const { requestSerialCode } = await send(method, message);
  let result = await send("AsyncHandleResult.Query", { requestSerialCode });
  while (result.status === 0) {
    await new Promise((resolve) => setTimeout(resolve, 1000));
    result = await send("AsyncHandleResult.Query", { requestSerialCode });
  }
  console.log(`${method}：${result.status === 20 ? "成功" : "未通过"}`);
  for (const finding of result.findings) {
    console.log(`  [${finding.level}] ${finding.path} ${finding.rule} ${finding.message}`);
    console.log(`    应改为：${finding.advice}（${finding.basis}）`);
  }
  return result.result;
}

if (SECRET.length !== 32) throw new Error("请先设置环境变量 OPENAPI_SECRET（32 位，在平台“密钥”页面领取）。");

// 以下单位和人员都是虚构的，联调时请换成自己的测试数据。
const [corpCode, corpName] = ["91440300MA5DEMA16J", "丙建设有限公司"];
const idCardNumber = encrypt("441403199001011233");
await upload("Corp.Upload", { corpCode, corpName, areaCode: "440300", registerDate: "2018-05-02" });
const projectCode = await upload("Project.Add", {
  contractorCorpCode: corpCode, contractorCorpName: corpName, name: "滨海一期", category: "01",
  builderLicenses: [{ prjName: "滨海一期", builderLicenseNum: encrypt("440300202209150101") }],
  areaCode: "440300", prjStatus: "003", thirdPartyProjectCode: `YL-${randomBytes(6).toString("hex")}`,
});
const teamSysNo = Number(await upload("Team.Add", { projectCode, corpCode, corpName, teamName: `砌筑班 ${randomBytes(3).toString("hex")}` }));
await upload("ProjectWorker.Add", {
  projectCode, corpCode, corpName, teamSysNo, teamName: "砌筑班",
  workerList: [{
    workerName: "张三", isTeamLeader: 0, idCardType: "01", idCardNumber, workType: "010", workRole: 20, nation: "汉",
    address: "深圳市南山区某路1号", politicsType: "13", cellPhone: "13800138000", cultureLevelType: "02", grantOrg: "深圳市公安局",
    headImage: "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  }],
});
await upload("WorkerEntryExit.Add", { projectCode, corpCode, corpName, teamSysNo, workerList: [{ idCardType: "01", idCardNumber, date: now().slice(0, 10), type: 1 }] });
const punch = { idCardType: "01", idCardNumber, date: now(), attendType: "001" };
// 先故意漏掉 direction，看看检查结果怎样说；再发送正确的。正式程序里请删去这一行。
await upload("WorkerAttendance.Add", { projectCode, teamSysNo, dataList: [punch] });
await upload("WorkerAttendance.Add", { projectCode, teamSysNo, dataList: [{ ...punch, direction: "01" }] });
