package parcels;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import java.util.HashMap;
import java.util.Map;
import org.springframework.ai.chat.client.ChatClient;
import org.springframework.ai.tool.annotation.Tool;
import org.springframework.ai.tool.annotation.ToolParam;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.ConfigurableApplicationContext;

/** Spring AI's chat client with a tool, a stream and a refusal, observed by Micrometer and sent over OTLP. */
@SpringBootApplication
public class ParcelDesk {
  static final Map<String, Map<String, String>> RESULTS =
      Map.of(
          "4711", Map.of("city", "Lyon", "status", "in transit"),
          "4712", Map.of("city", "Lyon", "status", "delivered"));

  public static class Tools {
    @Tool(name = "lookup_parcel", description = "Where a parcel is.")
    public Map<String, String> lookup(@ToolParam(description = "Its number") String parcel_id) {
      return RESULTS.get(parcel_id);
    }
  }

  public static void main(String[] arguments) {
    String url = System.getenv("STORY_URL");
    Map<String, Object> settings = new HashMap<>();
    settings.put("spring.ai.openai.api-key", "none");
    settings.put("spring.ai.openai.base-url", url);
    settings.put("spring.ai.openai.chat.options.model", "gpt-4o");
    settings.put("spring.ai.retry.max-attempts", 1);
    settings.put("spring.ai.tools.observations.include-content", true);
    settings.put("spring.application.name", "story");
    settings.put("spring.main.web-application-type", "none");
    settings.put("spring.main.banner-mode", "off");
    settings.put("logging.level.root", "ERROR");
    settings.put("management.tracing.sampling.probability", 1.0);
    settings.put("management.otlp.tracing.endpoint", url + "/v1/traces");
    SpringApplication application = new SpringApplication(ParcelDesk.class);
    application.setDefaultProperties(settings);
    try (ConfigurableApplicationContext context = application.run()) {
      ChatClient client = context.getBean(ChatClient.Builder.class).build();
      Observation.createNotStarted("parcel desk", context.getBean(ObservationRegistry.class))
          .observe(() -> work(client));
    }
  }

  static void work(ChatClient client) {
    String question = "Where are parcels 4711 and 4712?";
    String system = "You answer questions about parcels.";
    client.prompt().system(system).user(question).tools(new Tools()).call().content();
    client.prompt().user("Where is parcel 4711?").stream().content().blockLast();
    try {
      client.prompt().user("FAIL401").call().content();
    } catch (RuntimeException refused) {
      return;
    }
    throw new IllegalStateException("it was not refused");
  }
}
