package cz.paraph;

import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.MongoVersion;
import de.bwaldvogel.mongo.backend.memory.MemoryBackend;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;

/** A server that speaks MongoDB's protocol and keeps everything in memory. Ends with its standard input. */
public final class MongodbForTests {
    private MongodbForTests() {}

    /** What the driver must be told to talk to it; the backend's own newest version is too old for the driver. */
    private static final class Version implements MongoVersion {
        @Override
        public List<Integer> getVersionArray() {
            return List.of(5, 0, 0);
        }

        @Override
        public int getWireVersion() {
            return 13;
        }

        @Override
        public String toVersionString() {
            return "5.0.0";
        }
    }

    public static void main(String[] arguments) throws IOException {
        MongoServer server = new MongoServer(new MemoryBackend().version(new Version()));
        InetSocketAddress address = server.bind();
        System.out.println("mongodb://127.0.0.1:" + address.getPort());
        System.out.flush();
        while (System.in.read() >= 0) {
            // The test that started us still lives.
        }
        server.shutdownNow();
    }
}
