// A sample for institutions: receives callbacks, verifies them, and fetches the tasks that they tell of. Java 17, and nothing
// else; a library such as Jackson reads JSON better.
//
//   DENGPAN_URL=https://dengpan.example.cn DENGPAN_KEY=… DENGPAN_SECRET=whsec_… PORT=9000 java Receiver.java

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Base64;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

public class Receiver {
    static final String API = System.getenv("DENGPAN_URL");
    static final String KEY = System.getenv("DENGPAN_KEY");
    static final byte[] SHARED = Base64.getDecoder().decode(System.getenv("DENGPAN_SECRET").replaceFirst("^whsec_", ""));
    static final long TOLERANCE = 5 * 60; // seconds
    static final int LONGEST = 64 * 1024;
    // The ids of events: one may come twice. Keep them in your database.
    static final Set<String> SEEN = ConcurrentHashMap.newKeySet();
    static final HttpClient HTTP = HttpClient.newHttpClient();

    /** Whether a callback is Dengpan's, and of now. */
    static boolean genuine(HttpExchange exchange, byte[] body) throws GeneralSecurityException {
        String id = exchange.getRequestHeaders().getFirst("webhook-id");
        String timestamp = exchange.getRequestHeaders().getFirst("webhook-timestamp");
        String signatures = exchange.getRequestHeaders().getFirst("webhook-signature");
        if (id == null || timestamp == null || signatures == null || !timestamp.matches("[0-9]{1,12}")
                || Math.abs(Instant.now().getEpochSecond() - Long.parseLong(timestamp)) > TOLERANCE) {
            return false;
        }
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(SHARED, "HmacSHA256"));
        mac.update((id + "." + timestamp + ".").getBytes(StandardCharsets.UTF_8));
        byte[] made = ("v1," + Base64.getEncoder().encodeToString(mac.doFinal(body))).getBytes(StandardCharsets.UTF_8);
        // During a rotation there are several signatures; one that you know is enough.
        for (String sent : signatures.split(" ")) {
            if (MessageDigest.isEqual(sent.getBytes(StandardCharsets.UTF_8), made)) {
                return true;
            }
        }
        return false;
    }

    /** Fetches a task. If that fails for good, it is still in the list of open tasks: read that once a day. */
    static void take(String id) {
        HttpRequest request = HttpRequest.newBuilder(URI.create(API + "/v1/tasks/" + id)).header("Authorization", "Bearer " + KEY).build();
        try {
            HttpResponse<String> answer = HTTP.send(request, HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() != 200) {
                throw new IOException("a task was not given: " + answer.statusCode());
            }
            String task = answer.body();
            System.out.printf("task %s %s due %.10s%n", field(task, "kind"), field(task, "id"), field(task, "due_at"));
        } catch (IOException e) {
            System.err.println(e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The first text of a name in JSON. */
    static String field(String json, String name) {
        Matcher found = Pattern.compile("\"" + name + "\"\\s*:\\s*\"([^\"]*)\"").matcher(json);
        return found.find() ? found.group(1) : "";
    }

    public static void main(String[] args) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", Integer.parseInt(System.getenv().getOrDefault("PORT", "9000"))), 0);
        server.setExecutor(Executors.newCachedThreadPool());
        server.createContext("/", exchange -> {
            byte[] body = exchange.getRequestBody().readNBytes(LONGEST);
            boolean genuine;
            try {
                genuine = "POST".equals(exchange.getRequestMethod()) && genuine(exchange, body);
            } catch (GeneralSecurityException e) {
                genuine = false;
            }
            exchange.sendResponseHeaders(genuine ? 204 : 401, -1); // at once; the work comes after
            exchange.close();
            String event = new String(body, StandardCharsets.UTF_8);
            boolean example = Pattern.compile("\"example\"\\s*:\\s*true").matcher(event).find();
            if (genuine && !example && SEEN.add(field(event, "id")) && "task.issued".equals(field(event, "type"))) {
                take(field(event, "task_id"));
            }
        });
        server.start();
        System.out.println("listening on 127.0.0.1:" + server.getAddress().getPort());
    }
}
