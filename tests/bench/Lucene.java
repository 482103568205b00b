import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.lucene.analysis.core.WhitespaceAnalyzer;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.IntPoint;
import org.apache.lucene.document.LongField;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.document.TextField;
import org.apache.lucene.facet.FacetsCollectorManager;
import org.apache.lucene.facet.LabelAndValue;
import org.apache.lucene.facet.LongValueFacetCounts;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.NoMergePolicy;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.FieldDoc;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.MultiCollectorManager;
import org.apache.lucene.search.PhraseQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.Sort;
import org.apache.lucene.search.SortedNumericSelector;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.search.TopFieldCollectorManager;
import org.apache.lucene.search.TopScoreDocCollectorManager;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.MMapDirectory;

/**
 * Lucene for the benchmark. "build FOLDER SIZE SEGMENTS DELETED" reads a text a line (day, tab,
 * words); "ask FOLDER" reads a question a line (class, since, until, words; tabs between) and at
 * an empty line answers all: total, nanoseconds, detail. Times are taken in here.
 */
public final class Lucene {
  private static final int TOP = 10;
  private static final int ALL = Integer.MAX_VALUE;

  public static void main(String[] args) throws IOException {
    var input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    try (Directory directory = new MMapDirectory(Path.of(args[1]))) {
      if (args[0].equals("build")) {
        build(directory, input, Long.parseLong(args[2]), Long.parseLong(args[3]), Integer.parseInt(args[4]));
      } else {
        ask(directory, input);
      }
    }
  }

  private static void build(
      Directory directory, BufferedReader input, long size, long segments, int deleted)
      throws IOException {
    var config = new IndexWriterConfig(new WhitespaceAnalyzer());
    config.setUseCompoundFile(false).setRAMBufferSizeMB(1900).setMergePolicy(NoMergePolicy.INSTANCE);
    try (var writer = new IndexWriter(directory, config)) {
      String line;
      for (int number = 0; (line = input.readLine()) != null; number++) {
        writer.addDocument(document(number, line));
        if ((number + 1L) * segments / size > number * segments / size) {
          writer.commit();
        }
      }
      for (int number = 0; deleted > 0 && number < size; number += deleted) {
        writer.deleteDocuments(IntPoint.newExactQuery("number", number));
      }
      writer.commit();
    }
  }

  private static Document document(int number, String line) {
    int tab = line.indexOf('\t');
    long day = Long.parseLong(line.substring(0, tab));
    String words = line.substring(tab + 1);
    String characters = String.join(" ", words.replace(" ", "").codePoints()
        .mapToObj(Character::toString).toList());
    var document = new Document();
    document.add(new TextField("words", words, Field.Store.NO));
    document.add(new TextField("characters", characters, Field.Store.NO));
    document.add(new LongField("day", day, Field.Store.NO));
    document.add(new NumericDocValuesField("year", day / 10000));
    document.add(new IntPoint("number", number));
    return document;
  }

  private static void ask(Directory directory, BufferedReader input) throws IOException {
    var output = new PrintStream(System.out, false, StandardCharsets.UTF_8);
    try (var reader = DirectoryReader.open(directory)) {
      var searcher = new IndexSearcher(reader);
      searcher.setQueryCache(null);
      List<String> questions = new ArrayList<>();
      String line;
      while ((line = input.readLine()) != null) {
        if (!line.isEmpty()) {
          questions.add(line);
          continue;
        }
        for (String question : questions) {
          output.println(answer(searcher, question.split("\t")));
        }
        output.flush();
        questions.clear();
      }
    }
  }

  private static String answer(IndexSearcher searcher, String[] question) throws IOException {
    long started = System.nanoTime();
    Query query = query(question);
    if (question[0].equals("newest")) {
      var byDay = new Sort(LongField.newSortField("day", true, SortedNumericSelector.Type.MAX));
      TopDocs found = searcher.search(query, new TopFieldCollectorManager(byDay, TOP, null, ALL));
      long taken = System.nanoTime() - started;
      var days = new StringBuilder();
      for (ScoreDoc hit : found.scoreDocs) {
        days.append(' ').append(((FieldDoc) hit).fields[0]);
      }
      return found.totalHits.value() + "\t" + taken + "\t" + days;
    }
    var top = new TopScoreDocCollectorManager(TOP, ALL);
    if (!question[0].equals("faceted")) {
      TopDocs found = searcher.search(query, top);
      return found.totalHits.value() + "\t" + (System.nanoTime() - started) + "\t";
    }
    Object[] both = searcher.search(query, new MultiCollectorManager(top, new FacetsCollectorManager()));
    var collected = (org.apache.lucene.facet.FacetsCollector) both[1];
    var years = new LongValueFacetCounts("year", collected).getAllChildrenSortByValue().labelValues;
    long taken = System.nanoTime() - started;
    var counts = new StringBuilder();
    for (LabelAndValue year : years) {
      counts.append(' ').append(year.label).append(':').append(year.value);
    }
    return ((TopDocs) both[0]).totalHits.value() + "\t" + taken + "\t" + counts;
  }

  private static Query query(String[] question) {
    String[] parts = question[3].split(" ");
    if (question[0].equals("phrase 3") || question[0].equals("quoted")) {
      return new PhraseQuery(question[0].equals("quoted") ? "characters" : "words", parts);
    }
    var occur = question[0].equals("OR 5") ? BooleanClause.Occur.SHOULD : BooleanClause.Occur.MUST;
    var all = new BooleanQuery.Builder();
    for (String word : parts) {
      all.add(new TermQuery(new Term("words", word)), occur);
    }
    if (question[0].equals("filtered")) {
      long since = Long.parseLong(question[1]);
      long until = Long.parseLong(question[2]);
      all.add(LongField.newRangeQuery("day", since, until), BooleanClause.Occur.FILTER);
    }
    return all.build();
  }
}
