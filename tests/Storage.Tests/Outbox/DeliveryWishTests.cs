using WorkflowEngine.Storage.Organisations;
using WorkflowEngine.Storage.Tests.Support;

namespace WorkflowEngine.Storage.Tests.Outbox;

/// <summary>What an organisation chose about its letters is kept, sealed where it names a person, and written into the audit chain.</summary>
public sealed class DeliveryWishTests : IAsyncLifetime
{
    private readonly Story _story = new();

    public Task InitializeAsync() => _story.InitializeAsync();

    public Task DisposeAsync() => _story.DisposeAsync();

    [Theory]
    [InlineData(MailMode.Each, MessageMode.Off, false, "Mail a@example.cn")]
    [InlineData(MailMode.Each, MessageMode.Urgent, false, "Mail a@example.cn")]
    [InlineData(MailMode.Each, MessageMode.Urgent, true, "Mail a@example.cn, Message 440300")]
    [InlineData(MailMode.Daily, MessageMode.Each, false, "Mail a@example.cn daily, Message 440300")]
    [InlineData(MailMode.Daily, MessageMode.Off, true, "Mail a@example.cn")]
    [InlineData(MailMode.Off, MessageMode.Each, true, "Message 440300")]
    [InlineData(MailMode.Off, MessageMode.Off, true, "")]
    public void A_letter_goes_the_ways_that_were_chosen(MailMode mail, MessageMode messages, bool isUrgent, string expected)
    {
        var ways = new DeliveryWishes("a@example.cn", mail, messages, HasAccount: true).For("440300", isUrgent);

        Assert.Equal(expected, string.Join(", ", ways.Select(way => $"{way.Outlet} {way.Recipient}{(way.Daily ? " daily" : "")}")));
    }

    [Fact]
    public void Without_address_and_account_a_letter_is_in_the_inbox_only() =>
        Assert.Empty(new DeliveryWishes(null, MailMode.Each, MessageMode.Each, HasAccount: false).For("440300", isUrgent: true));

    [Fact]
    public async Task A_choice_is_kept_over_the_register_of_authorities_and_the_account_lies_sealed()
    {
        var (organisations, wishes) = (new OrganisationStore(_story.Database), new DeliveryWishStore(_story.Database));
        var id = Story.Officer.OrganisationId;
        var chosen = new DeliveryWishes("office@example.cn", MailMode.Daily, MessageMode.Urgent, HasAccount: true);

        await wishes.SaveAsync(chosen, "13800138000", Story.Officer, Story.Noon, CancellationToken.None);

        var saved = (await organisations.FindAsync(id, CancellationToken.None))!;
        Assert.Equal(chosen, saved.Wishes);
        Assert.Equal("13800138000", await wishes.MessageAccountAsync(id, CancellationToken.None));
        Assert.Equal(0L, await _story.ScalarAsync<long>("select count(*) from organisations where encode(message_account, 'escape') like '%138001%'"));
        Assert.Equal(0L, await _story.ScalarAsync<long>("select count(*) from audit where content like '%13800138000%' or content like '%office@example.cn%'"));
        Assert.Equal(1L, await _story.ScalarAsync<long>("select count(*) from audit where content like '%ways of delivery changed%'"));

        // The register is published again with its own, older address; a choice without an account keeps the one there is, an empty one removes it.
        await organisations.SaveAsync([saved with { Email = "register@example.cn", Name = "住房和建设局" }], CancellationToken.None);
        await wishes.SaveAsync(chosen with { Mail = MailMode.Off }, account: null, Story.Officer, Story.Noon, CancellationToken.None);
        saved = (await organisations.FindAsync(id, CancellationToken.None))!;
        Assert.Equal(("office@example.cn", MailMode.Off, true), (saved.Wishes.Email, saved.Wishes.Mail, saved.Wishes.HasAccount));

        await wishes.SaveAsync(chosen with { Messages = MessageMode.Off }, "", Story.Officer, Story.Noon, CancellationToken.None);
        Assert.Null(await wishes.MessageAccountAsync(id, CancellationToken.None));
        Assert.False((await organisations.FindAsync(id, CancellationToken.None))!.Wishes.HasAccount);
    }
}
