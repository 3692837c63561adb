"""实名制数据接口样例：Python 3.8 及以上，只用标准库。

    OPENAPI_SECRET=（领取的密钥） python3 openapi.py

依次上传企业、项目、班组、工人、进场、考勤，查询每一次的处理结果，打印检查发现的问题。
密钥只从环境变量读取：不要写进源代码，不要放进版本库，不要打印。
"""
import base64
import hashlib
import hmac
import json
import os
import secrets
import sys
import time
import urllib.parse
import urllib.request
from datetime import datetime, timedelta, timezone

GATEWAY = "{{gateway}}"
KEY_ID = "{{keyId}}"
PROFILE = "{{profile}}"  # 与密钥页面的“签名方式”一致：national-1.2.1 或 hmac-1
SECRET = os.environ.get("OPENAPI_SECRET", "")
BEIJING = timezone(timedelta(hours=8))


def now():
    """北京时间。OPENAPI_TIME（yyyyMMddHHmmss）只用于对着模拟时钟的平台演练。"""
    given = os.environ.get("OPENAPI_TIME")
    return datetime.strptime(given, "%Y%m%d%H%M%S") if given else datetime.now(BEIJING).replace(tzinfo=None)


# ---- 签名 ----

def national(method, data):
    """全国平台 OpenAPI：参数按名称排序，拼上 appsecret，整体（连同密钥）转小写，再取 SHA-256。"""
    parameters = {
        "appid": KEY_ID, "data": data, "format": "json", "method": method, "nonce": secrets.token_hex(16),
        "timestamp": now().strftime("%Y%m%d%H%M%S"), "version": "1.0",
    }
    text = "&".join(f"{name}={parameters[name]}" for name in sorted(parameters)) + "&appsecret=" + SECRET
    parameters["sign"] = hashlib.sha256(text.lower().encode()).hexdigest()
    return urllib.parse.urlencode(parameters).encode(), {"Content-Type": "application/x-www-form-urlencoded"}


def hmac_1(method, data):
    """本平台接口：正文就是报文，签名和其余参数在请求头；每项一行，区分大小写，取 HMAC-SHA256。"""
    body = data.encode()
    timestamp, nonce = now().strftime("%Y%m%d%H%M%S"), secrets.token_hex(16)
    lines = ["WFE1", "POST", urllib.parse.urlsplit(GATEWAY).path, KEY_ID, method, timestamp, nonce, hashlib.sha256(body).hexdigest()]
    return body, {
        "Content-Type": "application/json", "X-Key-Id": KEY_ID, "X-Method": method, "X-Timestamp": timestamp, "X-Nonce": nonce,
        "X-Signature": hmac.new(SECRET.encode(), "\n".join(lines).encode(), hashlib.sha256).hexdigest(),
    }


# ---- 个人信息加密：AES-256-CBC，PKCS7 填充，密钥为 appsecret，IV 为其前 16 位，Base64 ----
# 标准库没有 AES，这里按 FIPS 197 写出；装有 cryptography 的，可以换成它的 Cipher(AES(key), CBC(iv))。

def _tables():
    box, p, q = [0] * 256, 1, 1
    while True:
        p = p ^ (p << 1 & 0xFF) ^ (0x1B if p & 0x80 else 0)
        q ^= q << 1
        q ^= q << 2
        q = (q ^ q << 4) & 0xFF
        if q & 0x80:
            q ^= 0x09
        box[p] = q ^ _turn(q, 1) ^ _turn(q, 2) ^ _turn(q, 3) ^ _turn(q, 4) ^ 0x63
        if p == 1:
            box[0] = 0x63
            return box


def _turn(byte, by):
    return (byte << by | byte >> 8 - by) & 0xFF


def _double(byte):
    return (byte << 1 ^ (0x11B if byte & 0x80 else 0)) & 0xFF


SBOX = _tables()


def _round_keys(key):
    words, step = [list(key[i:i + 4]) for i in range(0, 32, 4)], 1
    for i in range(8, 60):
        word = list(words[-1])
        if i % 8 == 0:
            word = [SBOX[byte] for byte in word[1:] + word[:1]]
            word[0] ^= step
            step = _double(step)
        elif i % 8 == 4:
            word = [SBOX[byte] for byte in word]
        words.append([a ^ b for a, b in zip(words[i - 8], word)])
    return [sum(words[i:i + 4], []) for i in range(0, 60, 4)]


def _encrypt_block(block, keys):
    state = [a ^ b for a, b in zip(block, keys[0])]
    for number in range(1, 15):
        state = [SBOX[state[(i + 4 * (i % 4)) % 16]] for i in range(16)]
        if number < 14:
            mixed = []
            for i in range(0, 16, 4):
                column = state[i:i + 4]
                whole = column[0] ^ column[1] ^ column[2] ^ column[3]
                mixed += [byte ^ whole ^ _double(byte ^ column[(at + 1) % 4]) for at, byte in enumerate(column)]
            state = mixed
        state = [a ^ b for a, b in zip(state, keys[number])]
    return bytes(state)


def encrypt(plain):
    key, keys = SECRET.encode(), _round_keys(SECRET.encode())
    data = plain.encode()
    data += bytes([16 - len(data) % 16]) * (16 - len(data) % 16)
    previous, cipher = key[:16], b""
    for i in range(0, len(data), 16):
        previous = _encrypt_block(bytes(a ^ b for a, b in zip(data[i:i + 16], previous)), keys)
        cipher += previous
    return base64.b64encode(cipher).decode()


# ---- 发送、查询结果 ----

def send(method, message):
    # 签名和发送用同一段文字：签名之后不要再重新排版。
    body, headers = (hmac_1 if PROFILE == "hmac-1" else national)(method, json.dumps(message, ensure_ascii=False))
    try:
        with urllib.request.urlopen(urllib.request.Request(GATEWAY, body, headers), timeout=30) as response:
            answer = json.load(response)
    except urllib.error.HTTPError as refused:
        answer = json.load(refused)
    if answer["code"] != "0":
        sys.exit(f"{method} 被拒绝：{answer['code']} {answer['message']}")
    return answer["data"]


def upload(method, message):
    """上传并等到处理结束；返回平台给出的编号（项目编码、班组编号），没有编号的返回说明。"""
    serial = send(method, message)["requestSerialCode"]
    result = send("AsyncHandleResult.Query", {"requestSerialCode": serial})
    while result["status"] == 0:
        time.sleep(1)
        result = send("AsyncHandleResult.Query", {"requestSerialCode": serial})
    print(f"{method}：{'成功' if result['status'] == 20 else '未通过'}")
    for finding in result["findings"]:
        print(f"  [{finding['level']}] {finding['path']} {finding['rule']} {finding['message']}")
        print(f"    应改为：{finding['advice']}（{finding['basis']}）")
    return result["result"]


def main():
    if len(SECRET) != 32:
        sys.exit("请先设置环境变量 OPENAPI_SECRET（32 位，在平台“密钥”页面领取）。")

    # 以下单位和人员都是虚构的，联调时请换成自己的测试数据。
    corp, name = "91440300MA5DEMA16J", "丙建设有限公司"
    worker = encrypt("441403199001011233")
    today = now().strftime("%Y-%m-%d")
    upload("Corp.Upload", {"corpCode": corp, "corpName": name, "areaCode": "440300", "registerDate": "2018-05-02"})
    project = upload("Project.Add", {
        "contractorCorpCode": corp, "contractorCorpName": name, "name": "滨海一期", "category": "01",
        "builderLicenses": [{"prjName": "滨海一期", "builderLicenseNum": encrypt("440300202209150101")}],
        "areaCode": "440300", "prjStatus": "003", "thirdPartyProjectCode": "YL-" + secrets.token_hex(6),
    })
    team = int(upload("Team.Add", {"projectCode": project, "corpCode": corp, "corpName": name, "teamName": "砌筑班 " + secrets.token_hex(3)}))
    place = {"projectCode": project, "corpCode": corp, "corpName": name, "teamSysNo": team}
    upload("ProjectWorker.Add", {**place, "teamName": "砌筑班", "workerList": [{
        "workerName": "张三", "isTeamLeader": 0, "idCardType": "01", "idCardNumber": worker, "workType": "010", "workRole": 20, "nation": "汉",
        "address": "深圳市南山区某路1号", "politicsType": "13", "cellPhone": "13800138000", "cultureLevelType": "02", "grantOrg": "深圳市公安局",
        "headImage": "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
    }]})
    upload("WorkerEntryExit.Add", {**place, "workerList": [{"idCardType": "01", "idCardNumber": worker, "date": today, "type": 1}]})
    punch = {"idCardType": "01", "idCardNumber": worker, "date": now().strftime("%Y-%m-%d %H:%M:%S"), "attendType": "001"}
    # 先故意漏掉 direction，看看检查结果怎样说；再发送正确的。正式程序里请删去这一行。
    upload("WorkerAttendance.Add", {"projectCode": project, "teamSysNo": team, "dataList": [punch]})
    upload("WorkerAttendance.Add", {"projectCode": project, "teamSysNo": team, "dataList": [{**punch, "direction": "01"}]})


if __name__ == "__main__":
    main()
