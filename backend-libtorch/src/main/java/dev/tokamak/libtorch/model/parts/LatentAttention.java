package dev.tokamak.libtorch.model.parts;

import dev.tokamak.libtorch.operators.AttentionLayer;
import dev.tokamak.libtorch.operators.AttentionShape;
import dev.tokamak.libtorch.operators.Linear;
import dev.tokamak.libtorch.operators.Operators;
import java.util.List;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * Multi-head latent attention (DeepSeek-AI 2024, arXiv:2405.04434): all heads' keys and values are made of one latent vector a token and
 * one key that is turned by the position, and only these are cached.
 *
 * <p>Implementation notes. A product of a query with a key made of a latent is one of the query, multiplied by what makes keys, with the
 * latent itself. So nothing is expanded: the queries go in as wide as latents, attention is that of many heads to one key, whose last
 * elements are its value, and what it gives is multiplied by what makes values. The turned elements stand first in queries and
 * keys. The two matrices are used head by head, as no packed form is, and so are held as numbers. Ranks divide the heads; each
 * has all latents.
 */
public final class LatentAttention extends Sublayer implements CachingSublayer {
    /** What these norms add in all models, whatever the others add. */
    private static final double EPSILON = 1e-6;

    private final Sizes sizes;
    private final String name;
    private final boolean biased;
    private final boolean sideBySide;
    private final AttentionShape shape;
    private final Norm queryNorm;
    private final Norm latentNorm;
    private int cacheLayer;
    private Linear queryDown;
    private Linear query;
    private Linear down;
    private Tensor keysUp;
    private Tensor valuesUp;
    private Linear out;
    private AttentionLayer layer;

    /**
     * The widths.
     *
     * @param hidden of the residual stream
     * @param heads how many
     * @param queryRank of what queries are made of; 0 if they are made of the stream
     * @param rank of latents
     * @param plain elements of a head's queries and keys that positions do not turn
     * @param turned elements that they turn
     * @param value elements of a head's values
     */
    public record Sizes(int hidden, int heads, int queryRank, int rank, int plain, int turned, int value) {}

    /**
     * Attention turned by the model's first rotary table.
     *
     * @param sizes its widths
     * @param name what the names of its weights begin with
     * @param scale by which products are multiplied
     * @param biased whether the projections of the stream and back have biases
     * @param sideBySide whether the checkpoint's pairs lie side by side, rather than half of the turned elements apart
     */
    public LatentAttention(Sizes sizes, String name, double scale, boolean biased, boolean sideBySide) {
        this.sizes = sizes;
        this.name = name;
        this.biased = biased;
        this.sideBySide = sideBySide;
        this.shape = new AttentionShape(sizes.heads, 1, sizes.turned + sizes.rank, scale, 0, 0, sizes.rank);
        this.queryNorm = with(sizes.queryRank == 0 ? null : Norm.rms(name + "q_a_layernorm", sizes.queryRank, EPSILON));
        this.latentNorm = with(Norm.rms(name + "kv_a_layernorm", sizes.rank, EPSILON));
    }

    @Override
    public AttentionShape shape() {
        return shape;
    }

    @Override
    public void cacheLayer(int index) {
        cacheLayer = index;
    }

    @Override
    protected void loadWeights(PartLoader from) {
        if (queryNorm == null) {
            query = own(from.linear(sizes.hidden, false, LinearFormat.Cut.OUTPUTS, queries("q_proj")));
        } else {
            Piece small = Piece.of(name + "q_a_proj", sizes.queryRank);
            queryDown = own(from.linear(sizes.hidden, biased, LinearFormat.Cut.NONE, small));
            query = own(from.linear(sizes.queryRank, false, LinearFormat.Cut.OUTPUTS, queries("q_b_proj")));
        }
        int cached = sizes.rank + sizes.turned;
        Piece latents = new Piece(name + "kv_a_proj_with_mqa", cached, cached, turnedFirst(1, sizes.rank), 0, 0, null);
        down = own(from.linear(sizes.hidden, biased, LinearFormat.Cut.NONE, latents));
        Piece up = Piece.of(name + "kv_b_proj", sizes.heads * (sizes.plain + sizes.value));
        try (Tensor both = from.rows(from.device().type(), List.of(up), ".weight", sizes.rank, false);
                Tensor heads = both.view(sizes.heads, sizes.plain + sizes.value, sizes.rank);
                Tensor keys = heads.narrow(1, 0, sizes.plain);
                Tensor values = heads.narrow(1, sizes.plain, sizes.value);
                Tensor turnedValues = values.transpose(1, 2)) {
            keysUp = own(keys.contiguous());
            valuesUp = own(turnedValues.contiguous());
        }
        out = own(from.linear(
                sizes.heads * sizes.value, biased, LinearFormat.Cut.INPUTS, Piece.of(name + "o_proj", sizes.hidden)));
        layer = new AttentionLayer(shape, cacheLayer, 0, null, 0, null);
    }

    private Piece queries(String projection) {
        int width = sizes.heads * (sizes.plain + sizes.turned);
        return new Piece(name + projection, width, width, turnedFirst(sizes.heads, sizes.plain), 0, 0, null);
    }

    /** Puts the turned elements of heads, which are stored behind the others, before them, and pairs side by side. */
    private UnaryOperator<Tensor> turnedFirst(int heads, int plain) {
        return whole -> {
            Tensor all = whole.reshape(heads, (long) plain + sizes.turned, -1);
            Tensor turned = all.narrow(1, plain, sizes.turned);
            Tensor pairs = sideBySide
                    ? turned
                    : turned.reshape(heads, 2, sizes.turned / 2, -1)
                            .transpose(1, 2)
                            .reshape(heads, sizes.turned, -1);
            try (TensorVector parts = new TensorVector(pairs, all.narrow(1, 0, plain))) {
                return torch.cat(parts, 1).reshape((long) heads * (plain + sizes.turned), -1);
            }
        };
    }

    @Override
    Tensor run(Tensor x, Operators operators) {
        long tokens = x.size(0);
        Tensor source = queryNorm == null ? x : queryNorm.run(queryDown.apply(x), operators);
        Tensor queries = query.apply(source).view(tokens, sizes.heads, sizes.turned + sizes.plain);
        Tensor latents = down.apply(x);
        Tensor all = x.new_empty(tokens, sizes.heads + 1, sizes.turned + sizes.rank);
        Tensor wide = all.narrow(1, 0, sizes.heads);
        wide.narrow(2, 0, sizes.turned).copy_(queries.narrow(2, 0, sizes.turned));
        wide.narrow(2, sizes.turned, sizes.rank).copy_(byHead(queries.narrow(2, sizes.turned, sizes.plain), keysUp));
        Tensor key = all.select(1, sizes.heads);
        key.narrow(1, 0, sizes.turned).copy_(latents.narrow(1, 0, sizes.turned));
        Tensor latent = latents.narrow(1, sizes.turned, sizes.rank).contiguous();
        key.narrow(1, sizes.turned, sizes.rank).copy_(latentNorm.run(latent, operators));
        Tensor attended = operators.attention(all.view(tokens, -1), layer).view(tokens, sizes.heads, sizes.rank);
        return byHead(attended, valuesUp).reshape(tokens, (long) sizes.heads * sizes.value);
    }

    /** Each head of {@code [tokens, heads, width]} times its own matrix. */
    private static Tensor byHead(Tensor heads, Tensor matrices) {
        return torch.bmm(heads.transpose(0, 1), matrices).transpose(0, 1);
    }

    @Override
    Linear output() {
        return out;
    }

    @Override
    protected long ownParameters() {
        long perHead = (long) sizes.plain + sizes.turned;
        long queries = sizes.queryRank == 0
                ? sizes.heads * perHead * sizes.hidden
                : sizes.queryRank * (sizes.hidden + sizes.heads * perHead + (biased ? 1 : 0));
        long latents = (long) (sizes.rank + sizes.turned) * (sizes.hidden + (biased ? 1 : 0));
        long up = (long) sizes.heads * (sizes.plain + sizes.value) * sizes.rank;
        long back = ((long) sizes.heads * sizes.value + (biased ? 1 : 0)) * sizes.hidden;
        return queries + latents + up + back;
    }
}
