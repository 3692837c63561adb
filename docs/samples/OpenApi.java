// 实名制数据接口样例：Java 11 及以上，只用 JDK。
//
//     OPENAPI_SECRET=（领取的密钥） java -Dfile.encoding=UTF-8 OpenApi.java
//
// 依次上传企业、项目、班组、工人、进场、考勤，查询每一次的处理结果，打印检查发现的问题。
// 密钥只从环境变量读取：不要写进源代码，不要放进版本库，不要打印。
import java.io.PrintStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

public class OpenApi {
    static final String GATEWAY = "{{gateway}}";
    static final String KEY_ID = "{{keyId}}";
    static final String PROFILE = "{{profile}}"; // 与密钥页面的“签名方式”一致：national-1.2.1 或 hmac-1
    static final String SECRET = System.getenv().getOrDefault("OPENAPI_SECRET", "");

    static final HttpClient HTTP = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(30)).build();
    static final PrintStream OUT = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    static final DateTimeFormatter STAMP = DateTimeFormatter.ofPattern("yyyyMMddHHmmss");

    public static void main(String[] arguments) throws Exception {
        if (SECRET.length() != 32) throw new IllegalStateException("请先设置环境变量 OPENAPI_SECRET（32 位，在平台“密钥”页面领取）。");

        // 以下单位和人员都是虚构的，联调时请换成自己的测试数据。
        String corp = "91440300MA5DEMA16J", name = "丙建设有限公司";
        String worker = encrypt("441403199001011233");
        String today = now().format(DateTimeFormatter.ISO_LOCAL_DATE);
        upload("Corp.Upload", map("corpCode", corp, "corpName", name, "areaCode", "440300", "registerDate", "2018-05-02"));
        String project = upload("Project.Add", map(
            "contractorCorpCode", corp, "contractorCorpName", name, "name", "滨海一期", "category", "01",
            "builderLicenses", List.of(map("prjName", "滨海一期", "builderLicenseNum", encrypt("440300202209150101"))),
            "areaCode", "440300", "prjStatus", "003", "thirdPartyProjectCode", "YL-" + random(6)));
        long team = Long.parseLong(upload("Team.Add", map("projectCode", project, "corpCode", corp, "corpName", name, "teamName", "砌筑班 " + random(3))));
        upload("ProjectWorker.Add", map(
            "projectCode", project, "corpCode", corp, "corpName", name, "teamSysNo", team, "teamName", "砌筑班",
            "workerList", List.of(map(
                "workerName", "张三", "isTeamLeader", 0, "idCardType", "01", "idCardNumber", worker, "workType", "010", "workRole", 20, "nation", "汉",
                "address", "深圳市南山区某路1号", "politicsType", "13", "cellPhone", "13800138000", "cultureLevelType", "02", "grantOrg", "深圳市公安局",
                "headImage", "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="))));
        upload("WorkerEntryExit.Add", map(
            "projectCode", project, "corpCode", corp, "corpName", name, "teamSysNo", team,
            "workerList", List.of(map("idCardType", "01", "idCardNumber", worker, "date", today, "type", 1))));
        Map<String, Object> punch = map("idCardType", "01", "idCardNumber", worker, "date", now().format(DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss")), "attendType", "001");
        // 先故意漏掉 direction，看看检查结果怎样说；再发送正确的。正式程序里请删去这一行。
        upload("WorkerAttendance.Add", map("projectCode", project, "teamSysNo", team, "dataList", List.of(punch)));
        punch.put("direction", "01");
        upload("WorkerAttendance.Add", map("projectCode", project, "teamSysNo", team, "dataList", List.of(punch)));
    }

    /** 北京时间。OPENAPI_TIME（yyyyMMddHHmmss）只用于对着模拟时钟的平台演练。 */
    static LocalDateTime now() {
        String given = System.getenv("OPENAPI_TIME");
        return given != null ? LocalDateTime.parse(given, STAMP) : LocalDateTime.now(ZoneId.of("Asia/Shanghai"));
    }

    // ---- 签名 ----

    /** 全国平台 OpenAPI：参数按名称排序，拼上 appsecret，整体（连同密钥）转小写，再取 SHA-256。 */
    static HttpRequest.Builder national(String method, String data) throws Exception {
        TreeMap<String, String> parameters = new TreeMap<>(Map.of(
            "appid", KEY_ID, "data", data, "format", "json", "method", method, "nonce", random(16), "timestamp", now().format(STAMP), "version", "1.0"));
        String text = parameters.entrySet().stream().map(entry -> entry.getKey() + "=" + entry.getValue()).collect(Collectors.joining("&")) + "&appsecret=" + SECRET;
        parameters.put("sign", sha256(text.toLowerCase(Locale.ROOT)));
        String form = parameters.entrySet().stream().map(entry -> entry.getKey() + "=" + URLEncoder.encode(entry.getValue(), StandardCharsets.UTF_8)).collect(Collectors.joining("&"));
        return HttpRequest.newBuilder().header("Content-Type", "application/x-www-form-urlencoded").POST(HttpRequest.BodyPublishers.ofString(form));
    }

    /** 本平台接口：正文就是报文，签名和其余参数在请求头；每项一行，区分大小写，取 HMAC-SHA256。 */
    static HttpRequest.Builder hmac1(String method, String data) throws Exception {
        String timestamp = now().format(STAMP), nonce = random(16);
        String text = String.join("\n", "WFE1", "POST", URI.create(GATEWAY).getPath(), KEY_ID, method, timestamp, nonce, sha256(data));
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(bytes(SECRET), "HmacSHA256"));
        return HttpRequest.newBuilder().header("Content-Type", "application/json")
            .header("X-Key-Id", KEY_ID).header("X-Method", method).header("X-Timestamp", timestamp).header("X-Nonce", nonce).header("X-Signature", hex(mac.doFinal(bytes(text))))
            .POST(HttpRequest.BodyPublishers.ofString(data));
    }

    /** 个人信息加密：AES-256-CBC，PKCS7 填充，密钥为 appsecret，IV 为其前 16 位，Base64。 */
    static String encrypt(String plain) throws Exception {
        Cipher cipher = Cipher.getInstance("AES/CBC/PKCS5Padding");
        cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(bytes(SECRET), "AES"), new IvParameterSpec(bytes(SECRET.substring(0, 16))));
        return Base64.getEncoder().encodeToString(cipher.doFinal(bytes(plain)));
    }

    // ---- 发送、查询结果 ----

    static Map<String, Object> send(String method, Map<String, Object> message) throws Exception {
        // 签名和发送用同一段文字：签名之后不要再重新排版。
        String data = Json.write(message);
        HttpRequest request = (PROFILE.equals("hmac-1") ? hmac1(method, data) : national(method, data)).uri(URI.create(GATEWAY)).timeout(Duration.ofSeconds(30)).build();
        Map<String, Object> answer = Json.object(Json.read(HTTP.send(request, HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8)).body()));
        if (!"0".equals(answer.get("code"))) throw new IllegalStateException(method + " 被拒绝：" + answer.get("code") + " " + answer.get("message"));
        return Json.object(answer.get("data"));
    }

    /** 上传并等到处理结束；返回平台给出的编号（项目编码、班组编号），没有编号的返回说明。 */
    static String upload(String method, Map<String, Object> message) throws Exception {
        Map<String, Object> query = map("requestSerialCode", send(method, message).get("requestSerialCode"));
        Map<String, Object> result = send("AsyncHandleResult.Query", query);
        while (result.get("status").equals("0")) {
            Thread.sleep(1000);
            result = send("AsyncHandleResult.Query", query);
        }
        OUT.println(method + "：" + (result.get("status").equals("20") ? "成功" : "未通过"));
        for (Object entry : (List<?>) result.get("findings")) {
            Map<String, Object> finding = Json.object(entry);
            OUT.println("  [" + finding.get("level") + "] " + finding.get("path") + " " + finding.get("rule") + " " + finding.get("message"));
            OUT.println("    应改为：" + finding.get("advice") + "（" + finding.get("basis") + "）");
        }
        return (String) result.get("result");
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static String hex(byte[] bytes) {
        StringBuilder text = new StringBuilder();
        for (byte octet : bytes) text.append(String.format("%02x", octet));
        return text.toString();
    }

    static String sha256(String text) throws Exception {
        return hex(MessageDigest.getInstance("SHA-256").digest(bytes(text)));
    }

    static String random(int length) {
        byte[] octets = new byte[length];
        new SecureRandom().nextBytes(octets);
        return hex(octets);
    }

    static Map<String, Object> map(Object... pairs) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int at = 0; at < pairs.length; at += 2) map.put((String) pairs[at], pairs[at + 1]);
        return map;
    }

    /** JDK 没有 JSON，样例自带最小的一份：数字按文字读出。正式程序请换成 Jackson、Gson 等。 */
    static final class Json {
        private final String text;
        private int at;

        private Json(String text) {
            this.text = text;
        }

        static Object read(String text) {
            return new Json(text).value();
        }

        @SuppressWarnings("unchecked")
        static Map<String, Object> object(Object value) {
            return (Map<String, Object>) value;
        }

        static String write(Object value) {
            if (value instanceof Map) {
                return ((Map<?, ?>) value).entrySet().stream().map(entry -> write(entry.getKey()) + ":" + write(entry.getValue())).collect(Collectors.joining(",", "{", "}"));
            }
            if (value instanceof List) return ((List<?>) value).stream().map(Json::write).collect(Collectors.joining(",", "[", "]"));
            if (value instanceof String) return '"' + ((String) value).replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + '"';
            return String.valueOf(value);
        }

        private Object value() {
            switch (peek()) {
                case '{': {
                    Map<String, Object> map = new LinkedHashMap<>();
                    at++;
                    while (peek() != '}') {
                        String name = string();
                        peek();
                        at++;
                        map.put(name, value());
                        if (peek() == ',') at++;
                    }
                    at++;
                    return map;
                }
                case '[': {
                    List<Object> list = new ArrayList<>();
                    at++;
                    while (peek() != ']') {
                        list.add(value());
                        if (peek() == ',') at++;
                    }
                    at++;
                    return list;
                }
                case '"':
                    return string();
                default: {
                    int from = at;
                    while (at < text.length() && ",]} \r\n\t".indexOf(text.charAt(at)) < 0) at++;
                    String word = text.substring(from, at);
                    return word.equals("null") ? null : word;
                }
            }
        }

        private String string() {
            StringBuilder read = new StringBuilder();
            peek();
            for (at++; text.charAt(at) != '"'; at++) {
                if (text.charAt(at) != '\\') {
                    read.append(text.charAt(at));
                    continue;
                }
                char escaped = text.charAt(++at);
                if (escaped == 'u') {
                    read.append((char) Integer.parseInt(text.substring(at + 1, at + 5), 16));
                    at += 4;
                } else {
                    read.append(escaped == 'n' ? '\n' : escaped == 't' ? '\t' : escaped == 'r' ? '\r' : escaped);
                }
            }
            at++;
            return read.toString();
        }

        private char peek() {
            while (Character.isWhitespace(text.charAt(at))) at++;
            return text.charAt(at);
        }
    }
}
