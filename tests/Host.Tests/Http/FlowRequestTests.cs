using System.Net;
using System.Text;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using WorkflowEngine.Host.Access;
using WorkflowEngine.Host.Demo;
using WorkflowEngine.Host.Http;
using WorkflowEngine.Workflows.Activities.Elsa;

namespace WorkflowEngine.Host.Tests.Http;

[Collection(FlowWorld.Name)]
public sealed class FlowRequestTests(FlowWorld world)
{
    [Fact]
    public async Task A_request_begins_an_instance_that_answers_asks_another_system_and_is_asked_for_the_result()
    {
        world.System.Answer = http => http.Response.WriteAsJsonAsync(new { price = 42 });
        using var accepted = await world.Jia.SendAsync("/workflows/Orders/books?correlationId=story", new { title = "红楼梦" }, CancellationToken.None);

        Assert.Equal(HttpStatusCode.Accepted, accepted.StatusCode);
        Assert.Equal("<b>books</b>", await accepted.Content.ReadAsStringAsync());
        var instance = Guid.Parse(accepted.Headers.GetValues("X-Workflow-Instance-Id").Single());
        // What a flow writes is no page of the portal, whatever it says.
        Assert.Contains("sandbox", accepted.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);

        await world.Stage.SettleAsync(CancellationToken.None);
        var asked = Assert.Single(world.System.Requests, request => request.Body.Contains("红楼梦", StringComparison.Ordinal));
        // The name by which the other system knows it is that of the decision: instance, revision, ordinal.
        Assert.StartsWith($"{instance:N}.1.", asked.Headers["Idempotency-Key"], StringComparison.Ordinal);

        using (var foreign = await world.Yi.ReadAsync("/workflows/orders/result?correlationId=story", CancellationToken.None)) Assert.Equal(HttpStatusCode.NotFound, foreign.StatusCode);
        using (var other = await world.Jia.ReadAsync("/workflows/orders/result?correlationId=another", CancellationToken.None)) Assert.Equal(HttpStatusCode.NotFound, other.StatusCode);
        Assert.Equal("""{"price":42}""", await world.AskAsync(world.Jia, "/workflows/orders/result?correlationId=story"));
        using var again = await world.Jia.ReadAsync("/workflows/orders/result?correlationId=story", CancellationToken.None);
        Assert.Equal(HttpStatusCode.NotFound, again.StatusCode);
    }

    [Fact]
    public async Task A_second_click_gets_the_first_answer_and_another_content_under_its_key_none()
    {
        world.System.Answer = http => http.Response.WriteAsJsonAsync(new { });
        using var first = await world.Jia.SendAsync("/workflows/orders/twice", new { title = "西游记" }, CancellationToken.None, "click-1");
        using var second = await world.Jia.SendAsync("/workflows/orders/twice", new { title = "西游记" }, CancellationToken.None, "click-1");
        using var different = await world.Jia.SendAsync("/workflows/orders/twice", new { title = "水浒传" }, CancellationToken.None, "click-1");
        await world.Stage.SettleAsync(CancellationToken.None);

        Assert.Equal((HttpStatusCode.Accepted, HttpStatusCode.Accepted, HttpStatusCode.UnprocessableEntity), (first.StatusCode, second.StatusCode, different.StatusCode));
        Assert.Equal(await first.Content.ReadAsStringAsync(), await second.Content.ReadAsStringAsync());
        Assert.Equal(first.Headers.GetValues("X-Workflow-Instance-Id"), second.Headers.GetValues("X-Workflow-Instance-Id"));
        Assert.Single(world.System.Requests, request => request.Body.Contains("西游记", StringComparison.Ordinal));
        Assert.DoesNotContain(world.System.Requests, request => request.Body.Contains("水浒传", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_request_that_always_fails_ends_after_as_many_attempts_as_allowed_all_of_one_name()
    {
        world.System.Answer = http =>
        {
            http.Abort();
            return Task.CompletedTask;
        };
        using var accepted = await world.Jia.SendAsync("/workflows/orders/poison?correlationId=poison", new { title = "poison" }, CancellationToken.None);

        Assert.Contains("无法连接", await world.AskAsync(world.Jia, "/workflows/orders/failure?correlationId=poison"), StringComparison.Ordinal);

        var attempts = world.System.Requests.Where(request => request.Body.Contains("poison", StringComparison.Ordinal)).ToList();
        Assert.Equal(RequestPump.MaxAttempts, attempts.Count);
        Assert.Single(attempts.Select(attempt => attempt.Headers["Idempotency-Key"]).Distinct());
    }

    [Fact]
    public async Task An_organisation_without_a_list_reaches_nobody_and_learns_who_must_act()
    {
        using var accepted = await world.Yi.SendAsync("/workflows/orders/barred?correlationId=barred", new { title = "barred" }, CancellationToken.None);

        Assert.Contains($"Http:Outgoing:{DemoPeople.VendorYi}", await world.AskAsync(world.Yi, "/workflows/orders/failure?correlationId=barred"), StringComparison.Ordinal);
        Assert.DoesNotContain(world.System.Requests, request => request.Body.Contains("barred", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Of_requests_at_once_for_one_wait_one_is_answered()
    {
        world.System.Answer = http => http.Response.WriteAsJsonAsync(new { });
        using var accepted = await world.Jia.SendAsync("/workflows/orders/once?correlationId=once", new { title = "once" }, CancellationToken.None);

        HttpResponseMessage[] answers;
        do
        {
            await world.Stage.SettleAsync(CancellationToken.None);
            answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => world.Jia.ReadAsync("/workflows/orders/result?correlationId=once", CancellationToken.None)));
        }
        while (Array.TrueForAll(answers, answer => answer.StatusCode == HttpStatusCode.NotFound));

        Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.OK);
        Assert.Equal(7, answers.Count(answer => answer.StatusCode == HttpStatusCode.NotFound));
        foreach (var answer in answers) answer.Dispose();
    }

    [Fact]
    public async Task Two_that_wait_for_the_same_request_are_told_apart_by_correlation()
    {
        world.System.Answer = http => http.Response.WriteAsJsonAsync(new { });
        using var one = await world.Jia.SendAsync("/workflows/orders/pair?correlationId=pair-1", new { title = "1" }, CancellationToken.None);
        using var two = await world.Jia.SendAsync("/workflows/orders/pair?correlationId=pair-2", new { title = "2" }, CancellationToken.None);

        using var either = await world.AnswerAsync(world.Jia, "/workflows/orders/result", status => status == HttpStatusCode.Conflict);
        Assert.Contains("X-Correlation-Id", await either.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        var id = one.Headers.GetValues("X-Workflow-Instance-Id").Single();
        using var byInstance = await world.AnswerAsync(world.Jia, $"/workflows/orders/result?workflowInstanceId={id}", status => status != HttpStatusCode.NotFound);
        using var byCorrelation = await world.AnswerAsync(world.Jia, "/workflows/orders/result?correlationId=pair-2", status => status != HttpStatusCode.NotFound);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (byInstance.StatusCode, byCorrelation.StatusCode));
    }

    [Theory]
    [InlineData("GET", "/workflows/orders/result")]
    [InlineData("GET", "/workflows/no/such/path")]
    [InlineData("POST", "/workflows/orders/books")]
    [InlineData("GET", "/workflows/closed")]
    public async Task A_stranger_learns_nothing_but_to_sign_in(string method, string path)
    {
        using var stranger = new HttpClient { BaseAddress = world.Stage.Address };
        using var response = await stranger.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Fact]
    public async Task A_path_is_open_where_flow_and_operator_both_say_so()
    {
        using var stranger = new HttpClient { BaseAddress = world.Stage.Address };
        using var response = await stranger.GetAsync(new Uri("/workflows/open/ping", UriKind.Relative));

        Assert.Equal("pong", await response.Content.ReadAsStringAsync());
        Assert.False(response.Headers.Contains("X-Workflow-Instance-Id"));
    }

    [Fact]
    public async Task An_endpoint_has_its_policy()
    {
        var officer = await world.Stage.SignInAsync("sz-officer", CancellationToken.None);
        using var refused = await officer.SendAsync("/workflows/orders/books", new { }, CancellationToken.None);

        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
    }

    [Fact]
    public void The_policies_that_flows_name_are_those_of_the_host()
    {
        var options = new AuthorizationOptions();
        Policies.Add(options);

        Assert.All(HttpEndpoints.Policies, policy => Assert.NotNull(options.GetPolicy(policy)));
    }

    [Fact]
    public async Task Another_sites_page_cannot_borrow_a_session()
    {
        using var handler = new HttpClientHandler { CookieContainer = new CookieContainer() };
        using var browser = new HttpClient(handler) { BaseAddress = world.Stage.Address };
        using var session = await browser.PostAsync(
            new Uri("/api/session", UriKind.Relative), new StringContent($$"""{"userName":"jia-tech","password":"{{world.Stage.PasswordOf("jia-tech")}}"}""", Encoding.UTF8, "application/json"));
        Assert.Equal(HttpStatusCode.OK, session.StatusCode);

        using var withoutToken = await browser.PostAsync(new Uri("/workflows/orders/books", UriKind.Relative), new StringContent("{}", Encoding.UTF8, "application/json"));
        using var picture = new HttpRequestMessage(HttpMethod.Get, "/workflows/closed");
        picture.Headers.Add("Sec-Fetch-Site", "cross-site");
        using var fromElsewhere = await browser.SendAsync(picture);

        Assert.Equal((HttpStatusCode.BadRequest, HttpStatusCode.BadRequest), (withoutToken.StatusCode, fromElsewhere.StatusCode));
    }

    [Fact]
    public async Task More_than_the_endpoint_takes_is_refused()
    {
        using var large = await world.Jia.SendAsync("/workflows/orders/books", new { title = new string('x', 3_000) }, CancellationToken.None);
        using var huge = await world.Jia.SendAsync("/workflows/orders/books", new { title = new string('x', 2_000_000) }, CancellationToken.None);

        Assert.Equal((HttpStatusCode.RequestEntityTooLarge, HttpStatusCode.RequestEntityTooLarge), (large.StatusCode, huge.StatusCode));
    }

    [Fact]
    public async Task A_flow_that_stops_says_so_without_its_details()
    {
        using var response = await world.Jia.ReadAsync("/workflows/closed", CancellationToken.None);

        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        Assert.DoesNotContain("内部细节", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }
}
